using MnistML.Vectors;

namespace MnistML.Tests.Vectors;

internal sealed class SparseProductTests
{
    private const int Slots = 40;

    /// <summary>Every number of columns up to several blocks, and sums of a part of the columns.</summary>
    [Test]
    public void Add_OfAnyNumberOfColumns_EqualsPlainLoops(
        [Values(1, 3, 15, 16, 17, 63, 64, 65, 80, 130)] int columns, [Values(0, 1, 9)] int entries, [Values(0, 2)] int start)
    {
        var random = new Random(1);
        var rowLength = columns + start + 1;
        float[] matrix = [.. Enumerable.Range(0, Slots * rowLength).Select(_ => random.NextSingle() - 0.5f)];
        int[] slots = [.. Enumerable.Range(0, entries).Select(i => i * 4 + 3)];
        float[] values = [.. slots.Select(_ => random.NextSingle() - 0.5f)];
        var sums = new float[columns];
        Array.Fill(sums, 0.25f);
        float[] expected = [.. sums];
        for (var column = 0; column < columns; column++)
        {
            for (var i = 0; i < entries; i++)
            {
                expected[column] += values[i] * matrix[(slots[i] * rowLength) + start + column];
            }
        }

        SparseProduct.Add(slots, values, matrix, rowLength, start, sums);

        Assert.That(sums, Is.EqualTo(expected));
    }
}
