namespace MnistML.Images.Ink;

/// <summary>Inked pixels that lie below each other.</summary>
/// <param name="X">Their column.</param>
/// <param name="Top">The row of the first.</param>
/// <param name="Bottom">The row of the last.</param>
internal readonly record struct InkRun(int X, int Top, int Bottom)
{
    /// <summary>The runs of an image, in no particular order.</summary>
    public static IReadOnlyList<InkRun> FindAll(GreyImage ink)
    {
        const int None = -1;
        var runs = new List<InkRun>();
        var tops = new int[ink.Width];
        Array.Fill(tops, None);
        for (var y = 0; y < ink.Height; y++)
        {
            var row = ink.RowAt(y);
            for (var x = 0; x < row.Length; x++)
            {
                if (row[x] > 0)
                {
                    tops[x] = tops[x] == None ? y : tops[x];
                }
                else if (tops[x] != None)
                {
                    runs.Add(new InkRun(x, tops[x], y - 1));
                    tops[x] = None;
                }
            }
        }

        for (var x = 0; x < tops.Length; x++)
        {
            if (tops[x] != None)
            {
                runs.Add(new InkRun(x, tops[x], ink.Height - 1));
            }
        }

        return runs;
    }
}
