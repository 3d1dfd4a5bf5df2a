using System.Text.Json;

namespace Selfsame.Models.Checkpoints;

/// <summary>A public text checkpoint of Hugging Face: BERT, RoBERTa or Data2VecText, and the settings that make our encoder the same network.</summary>
/// <param name="Map">The file's names.</param>
/// <param name="Settings">Settings of <see cref="TextEncoder"/>.</param>
/// <param name="IsRoberta">Positions and head are RoBERTa's.</param>
public sealed record TextCheckpoint(KeyMap Map, TextEncoderSettings Settings, bool IsRoberta)
{
    /// <summary>Reads the settings.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="config">Content of the <c>config.json</c> beside it; heads stand nowhere else.</param>
    /// <param name="roberta">Positions are counted as RoBERTa does; null goes by the configuration's <c>model_type</c>, the names, and the number of segments.</param>
    /// <exception cref="WeightsException">It is no such checkpoint, or the configuration lacks a field.</exception>
    public static TextCheckpoint Read(IWeightFile file, JsonElement config, bool? roberta = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var map = TextKeys.HuggingFaceBert;
        var prefix = map.PrefixIn(file);
        if (!file.TryGet(prefix + "embeddings.word_embeddings.weight", out var words) || !file.TryGet(prefix + "embeddings.position_embeddings.weight", out var places))
            throw new WeightsException($"{file.Path} is no BERT or RoBERTa: it has no embeddings.word_embeddings.weight and embeddings.position_embeddings.weight. First names: {string.Join(", ", file.Entries.Take(5).Select(entry => entry.Name))}");
        var given = new HuggingFaceConfig(config);
        var segments = file.TryGet(prefix + "embeddings.token_type_embeddings.weight", out var kinds) ? (int)kinds.Value.Shape[0] : 0;
        var counted = roberta ?? given.Text("model_type") switch
        {
            "roberta" or "xlm-roberta" or "camembert" or "data2vec-text" => true,
            "bert" => false,
            _ => prefix is "roberta." or "data2vec_text." || segments == 1,
        };
        var eps = given.Number("layer_norm_eps", counted ? 1e-5 : 1e-12);
        var settings = new TextEncoderSettings
        {
            Embedding = new TextEmbeddingSettings
            {
                Vocabulary = (int)words.Value.Shape[0],
                Positions = (int)places.Value.Shape[0],
                Padding = given.WholeOrNull("pad_token_id") ?? (counted ? 1 : 0),
                Segments = segments,
                CountFromPadding = counted,
                NormEps = eps,
            },
            Blocks = new TransformerSettings
            {
                Width = (int)words.Value.Shape[1],
                Depth = given.Whole("num_hidden_layers"),
                Heads = given.Whole("num_attention_heads"),
                MlpHidden = given.Whole("intermediate_size"),
                Mlp = given.Activation("hidden_act"),
                NormEps = eps,
                PostNorm = true,
            },
            Pooler = file.TryGet(prefix + "pooler.dense.weight", out _),
        };
        return new TextCheckpoint(map, settings, counted);
    }

    /// <summary>Makes the model and fills it.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="report">What was loaded.</param>
    /// <exception cref="WeightsException">The file has more than the model, or less.</exception>
    public TextEncoder Build(IWeightFile file, out WeightReport report)
    {
        var model = new TextEncoder(Settings);
        try
        {
            report = WeightLoader.Load(file, model, Map, what: FormattableString.Invariant($"text encoder {Settings.Blocks.Width} x {Settings.Blocks.Depth}"));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The head of a masked language model in the same file; null when it has none.</summary>
    /// <param name="file">The weights.</param>
    public MaskedLanguageHead? BuildHead(IWeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.TryGet(IsRoberta ? "lm_head.dense.weight" : "cls.predictions.transform.dense.weight", out _))
            return null;
        var head = new MaskedLanguageHead(Settings.Blocks.Width, Settings.Embedding.Vocabulary, Settings.Blocks.NormEps, Settings.Blocks.Mlp);
        WeightLoader.Load(file, head, TextKeys.HuggingFaceHead(IsRoberta), what: "the masked language head");
        return head;
    }
}
