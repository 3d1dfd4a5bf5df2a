using Selfsame.Data.Packages;

namespace Selfsame.Tests.Data;

public sealed class GcideTests
{
    [Theory]
    [InlineData("""Knitback \Knit"back`\, n. [See {Knit}, and {Back}.] (Bot.) The plant comfrey; -- so called from its use. [1913 Webster]""", "The plant comfrey; -- so called from its use", "noun", "Bot")]
    [InlineData("""Derail \De*rail"\ (d[-e]*r[=a]l"), v. t. [Pref. de- + rail [a bar].] To cause to run off from the rails. --Lardner. [1913 Webster]""", "To cause to run off from the rails. --Lardner", "verb", "")]
    [InlineData("""Sarracenia \Sar`ra*ce"ni*a\, prop. n. [NL.] (Bot.) A genus of herbs.""", "A genus of herbs", "noun", "Bot")]
    [InlineData("""Sixfold \Six"fold`\, a. {Six} times repeated.""", "Six times repeated", "adjective", "")]
    [InlineData("Unbuilt See built.", "Unbuilt See built", "", "")]
    [InlineData("""Box \Box\, n. [AS.] A case for goods; also (Bot.) a shrub.""", "A case for goods; also a shrub", "noun", "Bot")]
    [InlineData("""Box \Box\, n. A case or receptacle of any size, of wood or of other material. (Bot.) A shrub.""", "A case or receptacle of any size, of wood or of other material. A shrub", "noun", "")]
    [InlineData("""Void \Void\, n. [Obs.]""", "", "noun", "")]
    public void The_head_of_an_entry_becomes_labels_and_leaves_the_text(string entry, string text, string part, string subject) =>
        Assert.Equal((text, part, subject), Gcide.Read(entry));
}
