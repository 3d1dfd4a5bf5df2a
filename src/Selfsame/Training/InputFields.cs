using Selfsame.Data.Loading;
using Selfsame.Modalities;
using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Depth;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Video;
using Selfsame.Recipes;

namespace Selfsame.Training;

/// <summary>The fields that a recipe's data block asks for.</summary>
/// <param name="Training">As trained on.</param>
/// <param name="Plain">As evaluated: nothing random, one view.</param>
/// <param name="Shapes">What a model is told of each modality.</param>
/// <param name="Range">Mean and deviation of each channel that pictures are normalised with, on values in 0..1; one entry serves all.</param>
internal sealed record InputFields(
    IReadOnlyList<SampleField> Training, IReadOnlyList<SampleField> Plain, IReadOnlyList<InputShape> Shapes,
    (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) Range)
{
    /// <summary>Reads a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="tokenizer">What cuts its text; null opens what the recipe names.</param>
    public static InputFields Of(Recipe recipe, ITokenizer? tokenizer = null)
    {
        var (training, plain, shapes) = (new List<SampleField>(), new List<SampleField>(), new List<InputShape>());
        (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) range = ([0.0], [1.0]);
        var data = recipe.Data;
        if (data.Inputs().Contains(Modality.Image))
            range = Pictures(recipe, training, plain, shapes);
        if (data.Video is { } given)
        {
            var video = given with { View = InRange(given.View, recipe) };
            var field = new VideoField(video);
            training.Add(field);
            plain.Add(new VideoField(video with { Start = ClipStart.Center, View = ViewSettings.Evaluation(video.View.Size, video.View.Size) with { Mean = video.View.Mean, Std = video.View.Std } }));
            shapes.Add(field.Shape);
        }

        if (data.Audio is { } audio)
        {
            var field = new AudioField(audio, evaluation: false);
            training.Add(field);
            plain.Add(new AudioField(audio, evaluation: true));
            shapes.Add(field.Shape);
        }

        if (data.Text is { } text)
        {
            tokenizer ??= Tokenizers.Open(text.Tokenizer, null);
            var field = new TextField(text, tokenizer, evaluation: false);
            training.Add(field);
            plain.Add(new TextField(text, tokenizer, evaluation: true));
            shapes.Add(field.Shape);
        }

        if (data.Depth is { } depth)
        {
            var (views, still) = Views(recipe);
            var field = new DepthField(depth, views[0]);
            training.Add(field);
            plain.Add(new DepthField(depth, still));
            shapes.Add(field.Shape);
        }

        return new(training, plain, shapes, range);
    }

    private static (IReadOnlyList<double>, IReadOnlyList<double>) Pictures(Recipe recipe, List<SampleField> training, List<SampleField> plain, List<InputShape> shapes)
    {
        var (views, still) = Views(recipe);
        var transform = new ViewTransform(views);
        training.Add(new ImageField(transform));
        plain.Add(new ImageField(new ViewTransform([still])));
        shapes.Add(new ImageShape(views[0].Size, views[0].Size, transform.OutputShape[1]));
        return (still.Mean, still.Std);
    }

    /// <summary>The training views of a recipe, and the one view that evaluation sees.</summary>
    internal static (ViewSettings[] Training, ViewSettings Plain) Views(Recipe recipe)
    {
        var views = recipe.Data.PictureViews().Select(view => InRange(view, recipe)).ToArray();
        if (views.Length == 0)
            views = [InRange(ViewSettings.Mae() with { Size = recipe.Data.PictureSize() ?? 224 }, recipe)];
        return (views, InRange(ViewSettings.Evaluation(views[0].Size, views[0].Size), recipe) with { Background = views[0].Background, Mean = views[0].Mean, Std = views[0].Std });
    }

    private static ViewSettings InRange(ViewSettings view, Recipe recipe) => recipe.Objective.PixelRange is { } range
        ? view with { Mean = [range.Mean, range.Mean, range.Mean], Std = [range.Deviation, range.Deviation, range.Deviation] }
        : view;
}
