using Selfsame.Data.Packages;

namespace Selfsame.Tests.Data;

public sealed class Art4AppsTests
{
    [Fact]
    public void Lists_of_a_python_file_are_read_over_lines_quotes_and_escapes()
    {
        var lists = Art4Apps.Lists("""
            # -*- coding: utf-8 -*-

            d = dict()
            d["a4a_animals"] = ["cow", 'l\'ós',
                                "cochon d'inde", "a [b]", '<llama>', 'goril·la']
            d["a4a_sport"] = []
            other = ["no"]
            """u8);

        Assert.Equal(["animals", "sport"], lists.Keys);
        Assert.Equal(["cow", "l'ós", "cochon d'inde", "a [b]", "<llama>", "goril·la"], lists["animals"]);
        Assert.Empty(lists["sport"]);
    }

    [Fact]
    public async Task A_picture_goes_by_its_word_in_each_language()
    {
        using var data = await Catalogue.OpenAsync("art4apps");
        var cow = Enumerable.Range(0, data.Count).Where(i => data.Text("name", i) == "cow").ToDictionary(i => data.Text("language", i)!, i => data.Text("caption", i));

        Assert.Equal((8_175, 575, 0), (data.Count, data.GroupCount, data.Problems.Count));
        Assert.Equal(("vache", "vaca", "корова"), (cow["fr"], cow["ca"], cow["ru"]));
        Assert.DoesNotContain(Enumerable.Range(0, data.Count), i => data.Text("caption", i)!.Contains('<', StringComparison.Ordinal));
    }
}
