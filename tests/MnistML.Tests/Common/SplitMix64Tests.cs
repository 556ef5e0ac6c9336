using MnistML.Common;

namespace MnistML.Tests.Common;

internal sealed class SplitMix64Tests
{
    [Test]
    public void Hash_IsTheFirstNumberOfTheReferenceImplementation()
    {
        // splitmix64.c by Sebastiano Vigna, seed 0: its first number.
        Assert.That(SplitMix64.Hash(0), Is.EqualTo(0xE220A8397B1DCDAF));
    }

    [Test]
    public void NextDouble_OfTheReferenceSequence_IsItsUpper53Bits()
    {
        var numbers = new SplitMix64(0);
        ulong[] reference = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F];

        Assert.That(
            reference.Select(_ => numbers.NextDouble()).ToArray(),
            Is.EqualTo(reference.Select(bits => (bits >> 11) / (double)(1UL << 53))));
    }

    [Test]
    public void NextBelow_OfManyDraws_GivesEachNumberAlikeOften()
    {
        const int Draws = 60_000;
        var numbers = new SplitMix64(1);
        var counts = new int[6];
        for (var i = 0; i < Draws; i++)
        {
            counts[numbers.NextBelow(counts.Length)]++;
        }

        Assert.That(counts, Is.All.EqualTo(Draws / counts.Length).Within(5 * Math.Sqrt(Draws / 6.0)));
    }

    [Test]
    public void Shuffle_OfManySeeds_GivesEachOrderAlikeOften()
    {
        const int Seeds = 60_000;
        var counts = new Dictionary<string, int>();
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            char[] items = ['a', 'b', 'c'];
            new SplitMix64(seed).Shuffle<char>(items);
            var order = new string(items);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.That(counts, Has.Count.EqualTo(6));
        Assert.That(counts.Values, Is.All.EqualTo(Seeds / 6).Within(5 * Math.Sqrt(Seeds / 6.0)));
    }
}
