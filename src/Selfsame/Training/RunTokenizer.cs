using Selfsame.Data;
using Selfsame.Modalities.Media;
using Selfsame.Modalities.Text;
using Selfsame.Recipes;

namespace Selfsame.Training;

/// <summary>The tokenizer of a run: opened or trained when the run begins, then kept in its folder, so that everything later cuts text in the same way.</summary>
internal static class RunTokenizer
{
    /// <summary>Opens the tokenizer of a run.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="set">Its samples.</param>
    /// <param name="part">Those that are trained on.</param>
    /// <param name="folder">The run; null for none.</param>
    /// <returns>Null where no text is read.</returns>
    /// <exception cref="DataSourceException">There is no such tokenizer, or that of a run with checkpoints is gone.</exception>
    public static ITokenizer? Open(Recipe recipe, DataSet set, int[] part, RunFolder? folder)
    {
        if (recipe.Data.Text is not { } text)
            return null;
        if (text.Tokenizer.From == Tokenizers.Bytes)
            return ByteTokenizer.Instance;
        if (folder is not null && File.Exists(folder.TokenizerPath))
            return TextTokenizer.Open(folder.TokenizerPath);
        if (folder is not null && folder.CheckpointSteps().Count > 0)
            throw new DataSourceException($"{folder.TokenizerPath} is gone, and without it the weights of the run are of no use; put it back, or start again in another folder");
        return Tokenizers.Open(text.Tokenizer, () => Texts(set, part));
    }

    /// <summary>Puts the tokenizer into the run's folder, unless it is there.</summary>
    public static void Keep(RunData data, RunFolder folder)
    {
        if (data.Tokenizer is TextTokenizer tokenizer && !File.Exists(folder.TokenizerPath))
            tokenizer.Save(folder.TokenizerPath);
    }

    /// <summary>The texts of samples; those that cannot be read are left out.</summary>
    public static IEnumerable<string> Texts(DataSet set, int[] part)
    {
        foreach (var index in part)
        {
            if (set.ModalitiesOf(index).Contains(Modality.Text) && Read(set, index) is { } text)
                yield return text;
        }
    }

    // What cannot be read is skipped here as in training, which reports it.
    private static string? Read(DataSet set, int index)
    {
        try
        {
            return set.ReadText(index);
        }
        catch (Exception problem) when (problem is MediaException or IOException)
        {
            return null;
        }
    }
}
