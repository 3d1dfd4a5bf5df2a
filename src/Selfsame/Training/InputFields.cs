using Selfsame.Data.Loading;
using Selfsame.Modalities;
using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Text;
using Selfsame.Recipes;

namespace Selfsame.Training;

/// <summary>The fields that a recipe's data block asks for.</summary>
/// <param name="Training">As trained on.</param>
/// <param name="Plain">As evaluated: nothing random, one view.</param>
/// <param name="Shapes">What a model is told of each modality.</param>
/// <param name="Range">Mean and deviation that pictures are normalised with, on values in 0..1.</param>
internal sealed record InputFields(
    IReadOnlyList<SampleField> Training, IReadOnlyList<SampleField> Plain, IReadOnlyList<InputShape> Shapes, (double Mean, double Deviation) Range)
{
    /// <summary>Reads a recipe.</summary>
    public static InputFields Of(Recipe recipe)
    {
        var (training, plain, shapes) = (new List<SampleField>(), new List<SampleField>(), new List<InputShape>());
        var range = (0.0, 1.0);
        var data = recipe.Data;
        if (data.Inputs().Contains(Modality.Image))
            range = Pictures(recipe, training, plain, shapes);
        if (data.Audio is { } audio)
        {
            var field = new AudioField(audio, evaluation: false);
            training.Add(field);
            plain.Add(new AudioField(audio, evaluation: true));
            shapes.Add(field.Shape);
        }

        if (data.Text is { } text)
        {
            var tokenizer = Tokenizers.Open(text.Tokenizer);
            var field = new TextField(text, tokenizer, evaluation: false);
            training.Add(field);
            plain.Add(new TextField(text, tokenizer, evaluation: true));
            shapes.Add(field.Shape);
        }

        return new(training, plain, shapes, range);
    }

    private static (double, double) Pictures(Recipe recipe, List<SampleField> training, List<SampleField> plain, List<InputShape> shapes)
    {
        var views = recipe.Data.PictureViews().Select(view => InRange(view, recipe)).ToArray();
        if (views.Length == 0)
            views = [InRange(ViewSettings.Mae() with { Size = recipe.Data.PictureSize() ?? 224 }, recipe)];
        var still = InRange(ViewSettings.Evaluation(views[0].Size, views[0].Size), recipe) with { Background = views[0].Background };
        var transform = new ViewTransform(views);
        training.Add(new ImageField(transform));
        plain.Add(new ImageField(new ViewTransform([still])));
        shapes.Add(new ImageShape(views[0].Size, views[0].Size, transform.OutputShape[1]));
        return (still.Mean.Average(), still.Std.Average());
    }

    private static ViewSettings InRange(ViewSettings view, Recipe recipe) => recipe.Objective.PixelRange is { } range
        ? view with { Mean = [range.Mean, range.Mean, range.Mean], Std = [range.Deviation, range.Deviation, range.Deviation] }
        : view;
}
