using Selfsame.Cli;
using Selfsame.Torch;

if (VerbTable.Computes(args))
    NativeLibraryLoader.Preload();
return NativeLibraryLoader.End(await CommandRunner.RunFromConsoleAsync(RootVerb.Create(VerbTable.All), args));
