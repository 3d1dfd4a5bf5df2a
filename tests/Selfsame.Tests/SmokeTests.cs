namespace Selfsame.Tests;
