using Selfsame.Modalities.Text;
using Selfsame.Modalities.Text.Trainers;

namespace Selfsame.Tests.Modalities.Text;

/// <summary>Texts in several scripts, and tokenizers trained on them.</summary>
internal static class TokenizerTexts
{
    public const string Amharic = "ሰላም ለዓለም ሁሉ፤ ቋንቋ ሀብት ነው።", Chinese = "自监督学习从没有标签的数据中学习。", Family = "👨\u200d👩\u200d👧 🏳️\u200d🌈", Accents = "cafe\u0301 naïve Å a\u0323\u0307";

    public static string[] All { get; } =
    [
        "the quick brown fox jumps over the lazy dog", "the dog did not jump; the fox did, didn't it?", "low lower lowest new newer newest wide wider widest",
        Amharic, Chinese, Family, Accents, "numbers 12 123 1234 and\ttabs\n",
    ];

    private static readonly Dictionary<TokenizerKind, Lazy<TextTokenizer>> s_trained =
        Enum.GetValues<TokenizerKind>().ToDictionary(kind => kind, kind => new Lazy<TextTokenizer>(() => TokenizerTrainer.Train(kind, 400, All)));

    public static TextTokenizer Trained(TokenizerKind kind) => s_trained[kind].Value;
}
