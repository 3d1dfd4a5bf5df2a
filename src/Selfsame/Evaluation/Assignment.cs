namespace Selfsame.Evaluation;

/// <summary>The best one-to-one assignment, by shortest augmenting paths with potentials. Kuhn 1955; Jonker and Volgenant 1987. Cubic in the larger side.</summary>
public static class Assignment
{
    /// <summary>Chooses one column for each row so that the sum of gains is largest and no column is taken twice.</summary>
    /// <param name="gain">(rows, columns), finite.</param>
    /// <returns>The column of each row; -1 for a row that gets none because there are fewer columns.</returns>
    public static int[] Maximise(double[,] gain)
    {
        ArgumentNullException.ThrowIfNull(gain);
        var (rows, columns) = (gain.GetLength(0), gain.GetLength(1));
        var side = Math.Max(rows, columns);
        var (rowPotential, columnPotential) = (new double[side + 1], new double[side + 1]);
        var rowOf = new int[side + 1];   // from 1; 0 is a column that is free
        var previous = new int[side + 1];
        var slack = new double[side + 1];
        var done = new bool[side + 1];
        for (var row = 1; row <= side; row++)
        {
            Array.Fill(slack, double.PositiveInfinity);
            Array.Clear(done);
            rowOf[0] = row;
            var column = 0;
            do
            {
                done[column] = true;
                var (from, least, next) = (rowOf[column], double.PositiveInfinity, 0);
                for (var k = 1; k <= side; k++)
                {
                    if (done[k])
                        continue;
                    // What is beyond the table, to make it square, costs nothing.
                    var cost = from <= rows && k <= columns ? -gain[from - 1, k - 1] : 0;
                    if (cost - rowPotential[from] - columnPotential[k] is var reduced && reduced < slack[k])
                        (slack[k], previous[k]) = (reduced, column);
                    if (slack[k] < least)
                        (least, next) = (slack[k], k);
                }

                for (var k = 0; k <= side; k++)
                {
                    if (done[k])
                    {
                        rowPotential[rowOf[k]] += least;
                        columnPotential[k] -= least;
                    }
                    else
                    {
                        slack[k] -= least;
                    }
                }

                column = next;
            }
            while (rowOf[column] != 0);

            for (; column != 0; column = previous[column])
                rowOf[column] = rowOf[previous[column]];
        }

        var chosen = new int[rows];
        Array.Fill(chosen, -1);
        for (var k = 1; k <= columns; k++)
        {
            if (rowOf[k] <= rows)
                chosen[rowOf[k] - 1] = k - 1;
        }

        return chosen;
    }
}
