using FsCheck.Fluent;
using MnistML.Common;
using MnistML.Network.Losses;
using MnistML.Tests.Support;
using MnistML.Training.Rows.Stores;

namespace MnistML.Tests.Training.Rows.Stores;

internal sealed class CompactRowStoreTests
{
    private const long Plenty = 1L << 40;

    [Test]
    public void CopyFeatures_OfAnyBits_GivesThemBack() => PropertyCheck.Holds(
        from featureCount in Gen.Choose(1, 2_000)
        from rowCount in Gen.Choose(0, 400)
        from valueCount in Gen.Elements(1, 2, 200, 256, 257, 5_000)
        from shareOfZeros in Gen.Elements(0.0, 0.5, 0.8, 0.99)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (featureCount, rowCount: Math.Min(rowCount, 150_000 / featureCount), valueCount, shareOfZeros, seed),
        form =>
        {
            // Any bits: NaN of every kind, -0, subnormal numbers.
            var random = new Random(form.seed);
            float[] values =
                [.. Enumerable.Range(0, form.valueCount).Select(_ => BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32)))];
            float[][] rows =
            [
                .. Enumerable.Range(0, form.rowCount).Select(_ => Enumerable.Range(0, form.featureCount)
                    .Select(_ => random.NextDouble() < form.shareOfZeros ? 0 : values[random.Next(values.Length)]).ToArray()),
            ];

            // Rows come in both forms, sometimes in turn.
            foreach (var isSparse in (Func<int, bool>[])[_ => false, _ => true, row => row * 7 % 11 < form.seed % 11])
            {
                AssertHolds(Fill(rows, form.featureCount, isSparse), rows);
            }
        });

    [Test]
    public void ByteCount_OfRowsWithFewValues_IsAByteForEach()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 2_000).Select(_ => Enumerable.Range(0, 784).Select(_ => random.Next(1, 256) / 255f).ToArray());
        var store = Fill([.. rows], 784);

        Assert.That(store.ByteCount, Is.LessThan((2_000 * 784 * 1.05) + (1 << 18)));
    }

    [Test]
    public void ByteCount_OfRowsWithFewEntries_IsThatOfTheEntries()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 1_000).Select(_ =>
        {
            var row = new float[20_000];
            for (var i = 0; i < 50; i++)
            {
                row[random.Next(row.Length)] = random.NextSingle();
            }

            return row;
        });
        var store = new CompactRowStore(20_000, Plenty);
        foreach (var row in rows)
        {
            store.Append(FeatureRow.Dense(row), default);
        }

        Assert.That(store.ByteCount, Is.LessThan((1_000 * 50 * 8 * 1.1) + (1 << 19)));
    }

    [Test]
    public void ByteCount_OfRowsOfAnyValues_IsFourBytesForEach()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 2_000).Select(_ => Enumerable.Range(0, 100).Select(_ => random.NextSingle() + 1).ToArray());
        var store = Fill([.. rows], 100);

        Assert.That(store.ByteCount, Is.InRange(2_000 * 100 * 4, (2_000 * 100 * 4 * 1.05) + (1 << 18)));
    }

    [Test]
    public void HasRoom_OfAStoreWithALimit_KeepsToIt()
    {
        const long Limit = 2 << 20;
        var random = new Random(1);
        var store = new CompactRowStore(100, Limit);
        while (store.HasRoom)
        {
            store.Append(FeatureRow.Dense([.. Enumerable.Repeat(random.NextSingle(), 100)]), default);
        }

        Assert.That(store.ByteCount, Is.InRange(Limit / 2, Limit));
    }

    [Test]
    public void HasRoom_OfRowsLargerThanTheLimit_HoldsOne()
    {
        var store = new CompactRowStore(1 << 20, maxBytes: 1);

        Assert.That(store.HasRoom);
        store.Append(FeatureRow.Dense([.. Enumerable.Repeat(1f, 1 << 20)]), default);
        Assert.That(store.HasRoom, Is.False);
    }

    [Test]
    public void Clear_OfAFullStore_MakesRoomForOthers()
    {
        float[][] first =
            [.. Enumerable.Range(0, 700).Select(row => Enumerable.Range(0, 200).Select(i => (float)((row * 200) + i)).ToArray())];
        float[][] second =
            [.. Enumerable.Range(0, 700).Select(row => Enumerable.Range(0, 200).Select(i => (float)((row + i) % 7)).ToArray())];
        var store = Fill(first, 200);
        var fresh = Fill(second, 200);

        store.Clear();
        Append(store, second);

        AssertHolds(store, second);
        Assert.That(store.ByteCount, Is.EqualTo(fresh.ByteCount));
    }

    private static CompactRowStore Fill(float[][] rows, int featureCount, Func<int, bool>? isSparse = null)
    {
        var store = new CompactRowStore(featureCount, Plenty);
        Append(store, rows, isSparse);
        return store;
    }

    private static void Append(CompactRowStore store, float[][] rows, Func<int, bool>? isSparse = null)
    {
        for (var row = 0; row < rows.Length; row++)
        {
            var target = new Target(row % 7, row / 3f, row / 2f);
            store.Append(isSparse?.Invoke(row) == true ? FeatureRow.Sparse(rows[row]) : FeatureRow.Dense(rows[row]), target);
        }
    }

    private static void AssertHolds(CompactRowStore store, float[][] rows)
    {
        Assert.That(store.RowCount, Is.EqualTo(rows.Length));
        for (var row = rows.Length - 1; row >= 0; row--)
        {
            var features = new float[rows[row].Length];
            Array.Fill(features, 99);
            store.CopyFeatures(row, features);
            Assert.That(Bits(features).AsSpan().SequenceEqual(Bits(rows[row])), $"row {row}");
            var entries = new SparseRows();
            store.AppendEntries(row, entries);
            Array.Clear(features);
            entries.FeaturesOf(0, features.Length).CopyTo(features);
            Assert.That(Bits(features).AsSpan().SequenceEqual(Bits(rows[row])), $"entries of row {row}");
            Assert.That(entries.EntryCount, Is.EqualTo(Bits(rows[row]).Count(bits => bits != 0)));
            Assert.That(store.TargetOf(row), Is.EqualTo(new Target(row % 7, row / 3f, row / 2f)));
        }
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}
