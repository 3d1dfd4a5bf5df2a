using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class TextMetricTests
{
    [Theory]
    [InlineData("the cat sat", "the cat sat", 0, 3)]
    [InlineData("the bat sat down", "the cat sat", 2, 3)]
    [InlineData("", "two words", 2, 2)]
    [InlineData("a\u2003b\u001cc\n", "a b c", 0, 3)]   // em space and file separator part words
    [InlineData("a\u200bb", "a b", 2, 2)]              // a zero-width space does not
    public void Words_are_what_stands_between_blanks(string prediction, string reference, int edits, int length) =>
        Assert.Equal(new EditCount(edits, length), ErrorRate.Words(prediction, reference));

    [Theory]
    [InlineData("kitten", "sitting", 3, 7)]
    [InlineData("\U0001F642 ok", "\U0001F643 ok", 1, 4)]   // two UTF-16 units, one character
    [InlineData("e\u0301", "\u00e9", 2, 1)]                // nothing is normalised
    [InlineData("Ab", "ab", 1, 2)]
    public void Characters_are_code_points(string prediction, string reference, int edits, int length) =>
        Assert.Equal(new EditCount(edits, length), ErrorRate.Characters(prediction, reference));

    [Fact]
    public void A_rate_is_that_of_the_corpus()
    {
        Assert.Equal(3 / 11.0, ErrorRate.Of([new(3, 1), new(0, 10)]), 12);
        Assert.Equal(2, ErrorRate.Of([new(4, 2)]));
        Assert.True(double.IsNaN(ErrorRate.Of([new(1, 0)])));
    }

    [Fact]
    public void Even_guesses_have_the_perplexity_of_their_number()
    {
        using var scope = Scope.Enter();
        var score = new TokenScore([2, 2, 2, 2, 4, 4, 4, 4]);
        score.Add(Ops.Zeros([1, 3, 8]), Tensor.From<long>([0, 5, TokenScore.Ignored], [1, 3]));
        Assert.Equal((2, 6), (score.Tokens, score.Bytes));
        Assert.Equal(8, score.Perplexity, 5);
        Assert.Equal(3, score.BitsPerToken, 5);
        Assert.Equal(1, score.BitsPerByte, 5);   // 2 tokens of 3 bits over 6 bytes
    }

    [Fact]
    public void Every_token_weighs_the_same_in_whatever_batch_it_came()
    {
        using var scope = Scope.Enter();
        var logits = Samples.Noise(6, 5, 1).Reshape([2, 3, 5]);
        var labels = Tensor.From<long>([1, 2, 3, 4, TokenScore.Ignored, TokenScore.Ignored], [2, 3]);
        var (whole, parts) = (new TokenScore(), new TokenScore());
        whole.Add(logits, labels);
        for (var row = 0; row < 2; row++)
            parts.Add(logits.Narrow(0, row, 1), labels.Narrow(0, row, 1));
        Assert.Equal(whole.Loss, parts.Loss, 6);
        Assert.Equal(whole.PerSequence, parts.PerSequence);
        Assert.NotEqual(whole.Perplexity, whole.PerSequence.Average(), 1e-3);
        Assert.Equal("label 9 is not one of 5 tokens; labels run from 0, and -100 is left out",
            Assert.Throws<ArgumentException>(() => whole.Add(logits, labels.MaskedFill(labels.Eq((Scalar)1L), 9))).Message);
    }

    [Fact]
    public void Prompts_of_any_length_weigh_the_same_in_a_class()
    {
        using var scope = Scope.Enter();
        // Class 0: prompts along x and y, one of them long; class 1: along -x.
        using var classifier = new ZeroShotClassifier(Tensor.From<float>([1, 0, 0, 100, -1, 0, -2, 0], [2, 2, 2]));
        Assert.Equal([0.70710677f, -1, 0.70710677f, 0], classifier.Weights.ToArray<float>());
        var images = Tensor.From<float>([3, 3, -1, 0], [2, 2]);
        Assert.Equal([100f, -70.71068f, -70.71068f, 100f], classifier.Logits(images).ToArray<float>().Select(value => MathF.Round(value, 5)));
        var score = classifier.Evaluate(new(images, [0, 0]));
        Assert.Equal((0.5, 1), (score.Accuracy, score.TopFive));
    }

    [Fact]
    public void Ranks_of_partners_and_all_right_answers_are_counted()
    {
        using var scope = Scope.Enter();
        // Query 0 points at candidate 1, query 1 at itself, query 2 has equals before it.
        var queries = Tensor.From<float>([0, 1, 0, 1, 1, 0], [3, 2]);
        var candidates = Tensor.From<float>([1, 0, 0, 1, 1, 0], [3, 2]);
        var ranks = PairedRanks.Of(queries, candidates);
        Assert.Equal([1, 0, 1], ranks.Ranks);
        Assert.Equal((1.666667, 2, 1 / 3.0, 1), (Math.Round(ranks.MeanRank, 6), ranks.MedianRank, ranks.RecallAt(1), ranks.RecallAt(2)));

        // One picture, right captions first, second and fourth of four.
        var score = PairRetrieval.Evaluate(
            Tensor.From<float>([1, 0], [1, 2]), [7], Tensor.From<float>([1, 0, 1, 0.1f, 1, 0.2f, 1, 0.3f], [4, 2]), [7, 7, 8, 7], [1, 2, 3, 4]);
        Assert.Equal([1.0, 1, 1, 1], score.FirstToSecond.Recall);
        Assert.Equal([0.333333, 0.666667, 0.666667, 1], score.FirstToSecond.TrueRecall!.Select(recall => Math.Round(recall, 6)));
    }
}
