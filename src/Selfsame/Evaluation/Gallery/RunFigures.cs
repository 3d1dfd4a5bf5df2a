using System.Text.Json;
using Selfsame.Objectives;
using Selfsame.Training;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Draws the figures of a run and keeps them in its folder, from where the report takes them.</summary>
public static class RunFigures
{
    private const int Rows = 8, RowsOverTime = 6;

    /// <summary>Draws every figure that the method and the data allow; what can't be drawn is noted, never fatal.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="source">Samples.</param>
    /// <param name="objective">The model; left in the mode it was in.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="cancellation">Stops between figures.</param>
    public static FigureSet Draw(RunFolder folder, FigureSource source, Objective objective, long step, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(objective);
        var (sheets, notes, tables) = (new SheetBuilder(), new List<string>(), new List<PictureTable>());
        MapFigure? map = null;
        NeighbourFigure? neighbours = null;
        NoiseFigure? noise = null;
        var training = objective.Training;
        objective.Train(false);
        try
        {
            if (objective is IReconstructor reconstructor)
                Try("Reconstructions", () => tables.AddRange(ReconstructionGallery.Draw(source, reconstructor, sheets, Rows, cancellation)));
            Try("The map of embeddings", () =>
            {
                (map, var features) = EmbeddingMap.Draw(source, objective, sheets, cancellation);
                using (features)
                    neighbours = NeighbourGallery.Draw(map, features, cancellation);
            });
            Try("Components of tokens", () => tables.Add(TokenPca.Draw(source, objective, sheets, Rows, cancellation)));
            Try("Attention maps", () => tables.AddRange(AttentionMaps.Draw(source, objective, sheets, Rows, cancellation) is { } table ? [table] : []));
            if (objective is IFlowModel flow)
                Try("Noise levels", () => noise = NoiseCurve.Measure(source, flow, cancellation));
        }
        finally
        {
            objective.Train(training);
        }

        var figures = new FigureSet { Step = step, Map = map, Neighbours = neighbours, Tables = tables, Noise = noise, Notes = notes };
        Write(folder, figures, sheets);
        return figures;

        void Try(string what, Action draw)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                draw();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                notes.Add($"{what}: left out, since {e.Message}.");
            }
        }
    }

    /// <summary>Draws what is worth seeing over time, between steps of training: reconstructions, where the method makes them.</summary>
    /// <inheritdoc cref="Draw"/>
    /// <returns>Why it failed, for a warning; null when all went well. Training goes on either way.</returns>
    public static string? DrawProgress(RunFolder folder, FigureSource source, Objective objective, long step, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(objective);
        if (objective is not IReconstructor reconstructor)
            return null;
        var sheets = new SheetBuilder();
        var training = objective.Training;
        objective.Train(false);
        try
        {
            ReconstructionGallery.Draw(source, reconstructor, sheets, RowsOverTime, cancellation);
            foreach (var (file, png) in sheets.Files)
                AtomicFile.Write(folder.Sample(Path.GetFileNameWithoutExtension(file), step), png);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return $"no pictures of reconstructions at step {step}: {e.Message}";
        }
        finally
        {
            objective.Train(training);
        }
    }

    /// <summary>Reads the figures of a run; null when none were drawn.</summary>
    /// <param name="folder">The run folder.</param>
    /// <exception cref="InvalidDataException">The file isn't one of figures.</exception>
    public static FigureSet? Read(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var path = Path.Combine(folder.FiguresPath, "figures.json");
        if (!File.Exists(path))
            return null;
        try
        {
            return FigureSet.FromJson(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} does not hold figures: {e.Message} Make them again with: selfsame evaluate {folder.Path}", e);
        }
    }

    // The sheets first: figures.json names no file that isn't there.
    private static void Write(RunFolder folder, FigureSet figures, SheetBuilder sheets)
    {
        foreach (var (file, png) in sheets.Files)
            AtomicFile.Write(Path.Combine(folder.FiguresPath, file), png);
        AtomicFile.Write(Path.Combine(folder.FiguresPath, "figures.json"), figures.ToJson());
    }
}
