using System.Text;
using Selfsame.Recipes;
using static Selfsame.Tests.Recipes.TestSystems;

namespace Selfsame.Tests.Recipes;

public sealed class RecipeFuzzTests
{
    private const string Marks = "[]{}:,-&*!|>'\"%@#?~ \n\t0aé<<---...\\\r";

    [Fact]
    public void Damaged_recipes_are_refused_or_read_but_never_crash()
    {
        var random = new Random(20);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var text = new StringBuilder(Good);
            for (var edit = random.Next(1, 6); edit > 0; edit--)
            {
                var at = random.Next(text.Length);
                _ = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 30), text.Length - at)),
                    1 => text.Insert(at, Marks[random.Next(Marks.Length)]),
                    _ => text.Replace(text[at], Marks[random.Next(Marks.Length)], at, 1),
                };
            }
            try
            {
                Load(text.ToString());
            }
            catch (RecipeException e)
            {
                refused++;
                Assert.All(e.Faults, f => Assert.True(f.Origin.Line > 0, $"no line: {f}"));
            }
        }
        Assert.InRange(refused, 500, 1999);
    }
}
