using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>How much a neighbour's vote counts.</summary>
public enum VoteWeight
{
    /// <summary>exp(similarity / T).</summary>
    Exponential,

    /// <summary>The similarity itself.</summary>
    Similarity,

    /// <summary>exp(similarity / T) divided by its sum over the largest number of neighbours asked for; with fewer, rows sum to less than one.</summary>
    Softmax,
}

/// <summary>A published way to weigh neighbours, by name and version. Figures of different protocols are not comparable.</summary>
public sealed record KnnProtocol
{
    /// <summary>Name that goes beside every figure, such as <c>knn/dino-1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What near means.</summary>
    public Similarity Similarity { get; init; } = Similarity.Cosine;

    /// <summary>What a vote counts.</summary>
    public VoteWeight Weight { get; init; } = VoteWeight.Exponential;

    /// <summary>Neighbours that vote. All protocols: 20, the best of 10, 20, 100, 200 in the DINO paper.</summary>
    public int K { get; init; } = 20;

    /// <summary>T, positive; unused by <see cref="VoteWeight.Similarity"/>.</summary>
    public double Temperature { get; init; } = 0.07;

    /// <summary>DINO: cosine, weight exp(similarity / T). Caron et al. 2021, https://arxiv.org/abs/2104.14294, appendix F.1; the rule is Wu et al. 2018, https://arxiv.org/abs/1805.01978.</summary>
    public static KnnProtocol Dino { get; } = new() { Name = "knn/dino-1" };

    /// <summary>solo-learn with cosines; the same weights as <see cref="Dino"/>. da Costa et al. 2022, https://arxiv.org/abs/2108.01775.</summary>
    public static KnnProtocol SoloCosine { get; } = new() { Name = "knn/solo-1/cosine" };

    /// <summary>solo-learn with distances of raw features, weight 1 / (distance + 1e-5).</summary>
    public static KnnProtocol SoloEuclidean { get; } = new() { Name = "knn/solo-1/euclidean", Similarity = Similarity.InverseDistance, Weight = VoteWeight.Similarity };

    /// <summary>DINOv2: cosine, one softmax of similarity / T over the largest K. Oquab et al. 2023, https://arxiv.org/abs/2304.07193.</summary>
    public static KnnProtocol DinoV2 { get; } = new() { Name = "knn/dinov2-1", Weight = VoteWeight.Softmax };

    /// <summary>Every protocol.</summary>
    public static IReadOnlyList<KnnProtocol> All { get; } = [Dino, SoloCosine, SoloEuclidean, DinoV2];

    /// <summary>Finds a protocol by its name.</summary>
    /// <exception cref="ArgumentException">No protocol has this name; the message lists them.</exception>
    public static KnnProtocol Named(string name) =>
        All.FirstOrDefault(protocol => protocol.Name == name)
        ?? throw new ArgumentException($"'{name}' is not a k-NN protocol; there are {string.Join(", ", All.Select(protocol => protocol.Name))}");
}

/// <summary>Outcome of k-NN classification for one number of neighbours.</summary>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="K">Neighbours that voted.</param>
/// <param name="Scores">(M, classes), row-major: summed votes.</param>
/// <param name="Predictions">Class with the most votes for each sample; of equals, the lowest.</param>
/// <param name="Score">Figures against the true classes.</param>
public sealed record KnnResult(string Protocol, int K, double[] Scores, long[] Predictions, ClassificationScore Score);

/// <summary>Weighted k-nearest-neighbour classification: the training features vote for their class.</summary>
public static class NearestNeighbours
{
    /// <summary>Classifies with the protocol's own K.</summary>
    /// <inheritdoc cref="Evaluate(LabelledFeatures, LabelledFeatures, int, KnnProtocol, ReadOnlySpan{int}, CancellationToken)"/>
    public static KnnResult Evaluate(LabelledFeatures train, LabelledFeatures test, int classes, KnnProtocol protocol, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        return Evaluate(train, test, classes, protocol, [protocol.K], cancellation)[0];
    }

    /// <summary>Classifies with several numbers of neighbours from one search.</summary>
    /// <param name="train">Features that vote, of un-augmented training samples.</param>
    /// <param name="test">Features to classify.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="protocol">Similarity, weights and temperature.</param>
    /// <param name="ks">Numbers of neighbours, each at least 1. One above the size of the training set counts as that size; <see cref="KnnResult.K"/> has what was used.</param>
    /// <param name="cancellation">Stops between pieces of queries.</param>
    /// <returns>One result for each number, in order.</returns>
    /// <remarks>A test sample counts as a top-five hit only if its class got a vote: the order of classes without votes carries no information.</remarks>
    /// <exception cref="ShapeException">Training and test features differ in width.</exception>
    /// <exception cref="ArgumentException">A label is out of range, or features hold NaN or infinity.</exception>
    public static KnnResult[] Evaluate(LabelledFeatures train, LabelledFeatures test, int classes, KnnProtocol protocol, ReadOnlySpan<int> ks, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(protocol);
        train.Require(classes, "training");
        test.Require(classes, "test");
        train.RequireSameWidth(test, "test");
        if (!(protocol.Temperature > 0))
            throw new ArgumentException($"the temperature of {protocol.Name} is {protocol.Temperature}; it must be positive (published: 0.07)");

        var most = 0;
        foreach (var k in ks)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(k, 1, nameof(ks));
            most = Math.Max(most, Math.Min(k, train.Count));
        }

        var neighbours = Neighbours.Find(train.Features, test.Features, most, protocol.Similarity, cancellation);
        var results = new KnnResult[ks.Length];
        for (var j = 0; j < results.Length; j++)
        {
            var k = Math.Min(ks[j], train.Count);
            var scores = Votes(neighbours, train.Labels, classes, protocol, k);
            results[j] = new(protocol.Name, k, scores, Metrics.Predictions(scores, classes), Metrics.Score(test.Labels, scores, classes, floor: 0));
        }

        return results;
    }

    private static double[] Votes(Neighbours neighbours, ReadOnlySpan<long> labels, int classes, KnnProtocol protocol, int k)
    {
        var scores = new double[neighbours.Queries * classes];
        for (var query = 0; query < neighbours.Queries; query++)
        {
            var near = neighbours.Indices(query);
            var similarities = neighbours.Similarities(query);
            var votes = scores.AsSpan(query * classes, classes);
            // The softmax is shifted by its largest logit, the first, so that it cannot overflow.
            var shift = protocol.Weight == VoteWeight.Softmax ? similarities[0] : 0f;
            var total = 0.0;
            for (var j = 0; j < near.Length; j++)
            {
                var weight = protocol.Weight == VoteWeight.Similarity ? similarities[j] : Math.Exp((similarities[j] - shift) / protocol.Temperature);
                total += weight;
                if (j < k)
                    votes[(int)labels[near[j]]] += weight;
            }

            if (protocol.Weight != VoteWeight.Softmax)
                continue;
            foreach (ref var vote in votes)
                vote /= total;
        }

        return scores;
    }
}
