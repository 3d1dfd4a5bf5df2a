namespace Selfsame.Data.Checking;

/// <summary>Sets that are joined pair by pair; the root of a set is its least member, whatever the order of joining.</summary>
/// <param name="count">Members, each alone at first.</param>
internal sealed class UnionFind(int count)
{
    private readonly int[] _parent = [.. Enumerable.Range(0, count)];

    /// <summary>Least member of the set that <paramref name="member"/> is in.</summary>
    public int Root(int member)
    {
        while (_parent[member] != member)
            member = _parent[member] = _parent[_parent[member]];
        return member;
    }

    /// <summary>Joins the sets of two members.</summary>
    public void Join(int a, int b)
    {
        (a, b) = (Root(a), Root(b));
        _parent[Math.Max(a, b)] = Math.Min(a, b);
    }
}
