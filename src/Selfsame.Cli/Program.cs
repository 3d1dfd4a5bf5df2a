using Selfsame.Cli;
using Selfsame.Torch;

if (VerbTable.Computes(args))
    NativeLibraryLoader.Preload();
return await CommandRunner.RunFromConsoleAsync(RootVerb.Create(VerbTable.All), args);
