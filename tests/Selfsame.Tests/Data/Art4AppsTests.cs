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
}
