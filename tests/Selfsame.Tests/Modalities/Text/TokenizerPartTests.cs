using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Models;
using Selfsame.Modalities.Text.Normalizers;
using Selfsame.Modalities.Text.Patterns;
using Selfsame.Modalities.Text.PreTokenizers;
using Selfsame.Randomness;

namespace Selfsame.Tests.Modalities.Text;

public sealed class TokenizerPartTests
{
    [Theory]
    [InlineData("NFC", "e\u0301\u0323", "ẹ\u0301")]
    [InlineData("NFD", "각ệ", "\u1100\u1161\u11a8e\u0323\u0302")]
    [InlineData("NFC", "\u1100\u1161\u11a8", "각")]
    [InlineData("NFKC", "ﬁ½ｶﾞⅧ", "fi1⁄2ガVIII")]
    [InlineData("NFC", "\u0958", "\u0915\u093c")]
    [InlineData("NFC", TokenizerTexts.Amharic, TokenizerTexts.Amharic)]
    public void Normal_forms_follow_the_standard(string form, string text, string expected) =>
        Assert.Equal(expected, new UnicodeNormalizer(form).Apply(AlignedText.Of(text)).ToString());

    [Theory]
    [InlineData("NFD", "xè\u0323", "0 1 2 2")]   // the mark of the letter comes last, and its place goes by order
    [InlineData("NFC", "e\u0323\u0301x", "0 2 3")]
    [InlineData("NFKC", "ﬁ½", "0 0 1 1 1")]
    [InlineData("NFC", "\u1100\u1161\u11a8x", "0 3")]
    public void Places_follow_the_order_of_the_original(string form, string text, string expected)
    {
        var normal = new UnicodeNormalizer(form).Apply(AlignedText.Of(text));
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, normal.Length).Select(normal.Start)));
    }

    [Theory]
    [InlineData("x", "Ġx")]
    [InlineData(" x", "Ġx")]
    [InlineData("\tx", "Ġ|ĉ|x")]
    [InlineData("", "")]
    public void A_prefix_blank_is_spared_by_a_blank_only(string text, string expected)
    {
        var pieces = new List<AlignedText>();
        new ByteLevelPreTokenizer(addPrefixSpace: true, trimOffsets: true, useRegex: true).Cut(AlignedText.Of(text), pieces);
        Assert.Equal(expected, string.Join('|', pieces));
    }

    [Fact]
    public void Normal_forms_are_reached_in_one_step()
    {
        foreach (var form in new[] { NormalForm.Nfc, NormalForm.Nfd, NormalForm.Nfkc, NormalForm.Nfkd })
            Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => form.Apply(AlignedText.Of(text ?? "")) is var once && form.Apply(once).ToString() == once.ToString()).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_compiled_table_replaces_what_it_holds()
    {
        // A trie with the one key A (0x41): the root's children lie at 1 ^ label, and those of A at 0x42 ^ label.
        var trie = new uint[0x43];
        trie[0] = 1 << 10;
        trie[1 ^ 0x41] = 0x41 | (1 << 8) | (2 << 10);
        trie[0x42] = 1u << 31;
        byte[] table = [.. BitConverter.GetBytes(trie.Length * 4), .. trie.SelectMany(BitConverter.GetBytes), .. "bc\0"u8];
        var normalizer = new PrecompiledNormalizer(Convert.ToBase64String(table));
        var text = normalizer.Apply(AlignedText.Of("xAy👨A"));
        Assert.Equal(("xbcy👨bc", 1, 2), (text.ToString(), text.Start(2), text.End(2)));
        Assert.Throws<FormatException>(() => new PrecompiledNormalizer(Convert.ToBase64String(table.AsSpan(0, 20))));
    }

    [Theory]
    [InlineData(@"\p{L}+|\p{N}", "aé𝒳1２", "aé𝒳|1|２")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b ", "  | | ")]
    [InlineData(@"(?i:'s|'ll)", "'S 'Ll 'd", "'S|'Ll")]
    [InlineData(@"a{2,3}?", "aaaaa", "aa|aa")]
    [InlineData(@"a++b|a", "aaac", "a|a|a")]
    [InlineData(@"(?<=x)(?:ab|c)+", "xabcc abc", "abcc")]
    [InlineData(@"[\p{L}&&[^z]]+", "ab z!", "ab")]
    [InlineData(@"[👨-👩]", "👧👨👩", "👨|👩")]
    public void Patterns_see_code_points(string pattern, string text, string expected)
    {
        var points = Points.Of(text);
        Assert.Equal(expected, string.Join('|', new Pattern(pattern).FindAll(points).Select(match => Points.ToText(points.AsSpan(match.Start, match.End - match.Start)))));
    }

    [Theory]
    [InlineData("Removed", "a|b")]
    [InlineData("Isolated", "a|-|-|b|-")]
    [InlineData("MergedWithPrevious", "a-|-|b-")]
    [InlineData("MergedWithNext", "a|-|-b|-")]
    [InlineData("Contiguous", "a|--|b|-")]
    public void Delimiters_go_where_they_should(string behavior, string expected)
    {
        var pieces = new List<AlignedText>();
        new PunctuationPreTokenizer(Enum.Parse<DelimiterBehavior>(behavior)).Cut(AlignedText.Of("a--b-"), pieces);
        Assert.Equal(expected, string.Join('|', pieces));
    }

    [Theory]
    [InlineData("<x>", false, "f<x>g <x> h", "f|<x>|g |<x>| h")]
    [InlineData("<x>", true, "f<x>g <x> h", "f<x>g |<x>| h")]
    public void Added_tokens_are_cut_out(string content, bool single, string text, string expected)
    {
        var finder = new AddedTokenFinder([new(0, content) { SingleWord = single }], null);
        Assert.Equal(expected, string.Join('|', finder.Cut(AlignedText.Of(text), findSpecial: true).Select(stretch => stretch.Text)));
    }

    [Fact]
    public void Added_tokens_take_blanks_when_told_to()
    {
        var finder = new AddedTokenFinder([new(0, "<x>") { LeftStrip = true, RightStrip = true }], null);
        Assert.Equal(["f", "  <x> ", "h"], finder.Cut(AlignedText.Of("f  <x> h"), findSpecial: true).Select(stretch => stretch.Text.ToString()));
    }

    [Fact]
    public void Merging_agrees_with_looking_for_the_best_pair_again_and_again()
    {
        string[] letters = ["a", "b", "c"];
        (string, string)[] merges = [("a", "b"), ("b", "a"), ("ab", "ab"), ("c", "ab"), ("a", "a"), ("aa", "b")];
        var vocabulary = Vocabulary.Of([.. letters, .. merges.Select(merge => merge.Item1 + merge.Item2)]);
        var model = new BpeModel(vocabulary, merges, new BpeOptions());
        Prop.ForAll(Gen.Elements('a', 'b', 'c').ListOf().ToArbitrary(), word => Encode(model, string.Concat(word)).SequenceEqual(Slow(string.Concat(word)))).QuickCheckThrowOnFailure();

        IEnumerable<string> Slow(string word)
        {
            var symbols = word.Select(letter => letter.ToString()).ToList();
            foreach (var rank in Enumerable.Repeat(0, word.Length))
            {
                var best = merges.Where(merge => Enumerable.Range(0, Math.Max(0, symbols.Count - 1)).Any(i => (symbols[i], symbols[i + 1]) == merge)).FirstOrDefault();
                if (best.Item1 is null)
                    break;
                var at = Enumerable.Range(0, symbols.Count - 1).First(i => (symbols[i], symbols[i + 1]) == best);
                symbols[at] += symbols[at + 1];
                symbols.RemoveAt(at + 1);
            }

            return symbols;
        }
    }

    [Fact]
    public void Dropout_repeats_with_its_seed_and_keeps_the_text()
    {
        (string, string)[] merges = [("a", "b"), ("ab", "ab")];
        var model = new BpeModel(Vocabulary.Of(["a", "b", "ab", "abab"]), merges, new BpeOptions { Dropout = 0.5 });
        var first = Enumerable.Range(0, 20).Select(epoch => string.Join(' ', Encode(model, "abababab", new SeededDraws(1, (ulong)epoch, 0)))).ToArray();
        var again = Enumerable.Range(0, 20).Select(epoch => string.Join(' ', Encode(model, "abababab", new SeededDraws(1, (ulong)epoch, 0)))).ToArray();
        Assert.Equal(first, again);
        Assert.True(first.Distinct().Count() > 3);
        Assert.All(first, tokens => Assert.Equal("abababab", tokens.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal("abab abab", string.Join(' ', Encode(model, "abababab")));
    }

    [Fact]
    public void The_unigram_model_finds_the_best_of_all_cuts()
    {
        (string Token, double Score)[] pieces = [("<unk>", 0), ("a", -2), ("b", -2.5), ("ab", -3), ("ba", -3.2), ("aba", -4.1), ("bb", -6)];
        var model = new UnigramModel(pieces, 0, byteFallback: false);
        Prop.ForAll(Gen.Elements('a', 'b').ListOf().Where(word => word.Count is > 0 and < 12).ToArbitrary(), letters =>
        {
            var word = string.Concat(letters);
            return Math.Abs(Encode(model, word).Sum(Score) - All(word).Max(cut => cut.Sum(Score))) < 1e-9;
        }).QuickCheckThrowOnFailure();

        double Score(string token) => pieces.First(piece => piece.Token == token).Score;

        IEnumerable<string[]> All(string rest) => rest.Length == 0
            ? [[]]
            : pieces.Where(piece => rest.StartsWith(piece.Token, StringComparison.Ordinal)).SelectMany(piece => All(rest[piece.Token.Length..]).Select(cut => (string[])[piece.Token, .. cut]));
    }

    [Theory]
    [InlineData(false, "a|<unk>|b")]
    [InlineData(true, "a|<0xC3>|<0xA9>|<unk>|b")]
    public void Unknown_characters_are_fused_or_fall_back_to_bytes(bool fallback, string expected)
    {
        var vocabulary = Vocabulary.Of(["<unk>", "a", "b", "<0xC3>", "<0xA9>"]);
        var model = new BpeModel(vocabulary, [], new BpeOptions { UnknownToken = "<unk>", FuseUnknown = true, ByteFallback = fallback });
        Assert.Equal(expected, string.Join('|', Encode(model, "aé中文b")));
    }

    [Theory]
    [InlineData("bpe")]
    [InlineData("unigram")]
    public void Time_grows_with_the_length_of_a_text_not_with_its_square(string kind)
    {
        // One piece without any place to cut: the worst there is.
        ITokenModel model = kind == "bpe"
            ? new BpeModel(Vocabulary.Of(["a", "aa", "aaaa", "aaaaaaaa"]), [("a", "a"), ("aa", "aa"), ("aaaa", "aaaa")], new BpeOptions())
            : new UnigramModel([("<unk>", 0), ("a", -1), ("aa", -1.5), ("aaaa", -2)], 0, byteFallback: false);
        _ = Time(1 << 12);
        var (small, large) = (Time(1 << 15), Time(1 << 18));
        Assert.True(large < Math.Max(small, 0.002) * 8 * 6, $"8 times the length took {large / small:0.0} times as long");

        double Time(int length)
        {
            var piece = Enumerable.Repeat((int)'a', length).ToArray();
            var best = double.MaxValue;
            for (var i = 0; i < 3; i++)
            {
                var start = Stopwatch.GetTimestamp();
                model.Encode(piece, [], null);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return best;
        }
    }

    [Fact]
    public void The_clip_tokenizer_cleans_as_python_does() =>
        Assert.Equal("a & é < ὀδυσσεύς", ClipText.Clean("  A &amp;amp; &eacute;\t&lt;\u00a0ὈΔΥΣΣΕΎΣ "));

    private static IEnumerable<string> Encode(ITokenModel model, string word, IDraws? draws = null)
    {
        var tokens = new List<PieceToken>();
        model.Encode(Points.Of(word), tokens, draws);
        return [.. tokens.Select(token => model.Vocabulary.TokenOf(token.Id)!)];
    }
}
