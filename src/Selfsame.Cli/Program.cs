using Selfsame.Cli;

return await CommandRunner.RunFromConsoleAsync(RootVerb.Create(VerbTable.All), args);
