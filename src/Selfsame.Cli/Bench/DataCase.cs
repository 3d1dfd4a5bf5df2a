namespace Selfsame.Cli.Bench;

/// <summary>A kind of data whose way from file to numbers is measured.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Peer">Script of the peer, below the repository's root.</param>
/// <param name="Open">Puts the files into a folder and readies our side.</param>
internal sealed record DataCase(string Name, string Peer, Func<string, CancellationToken, Task<IDataWork>> Open)
{
    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<DataCase> All { get; } =
    [
        new("pictures", "bench/peers/pictures.py", PictureWork.OpenAsync),
        new("sound", "bench/peers/sound.py", SoundWork.OpenAsync),
        new("films", "bench/peers/films.py", FilmWork.OpenAsync),
        new("films-torchvision", "bench/peers/films_torchvision.py", FilmWork.OpenAsync),
    ];
}

/// <summary>Our side: some samples from file to numbers, as a loader's thread does it.</summary>
internal interface IDataWork
{
    /// <summary>Samples of a pass.</summary>
    int Samples { get; }

    /// <summary>Reads, decodes and augments every sample once, on this thread.</summary>
    /// <param name="pass">Number of the pass, from 0; chance depends on it.</param>
    void Pass(long pass);
}
