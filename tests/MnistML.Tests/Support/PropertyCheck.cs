using FsCheck;
using FsCheck.Fluent;

namespace MnistML.Tests.Support;

/// <summary>Runs a check on random values, the same ones in each run; a failure shows the value and how to reproduce it.</summary>
internal static class PropertyCheck
{
    private const int Count = 300;

    public static void Holds<T>(Gen<T> values, Action<T> check) =>
        Prop.ForAll(Arb.From(values), check).Check(
            Config.QuickThrowOnFailure.WithMaxTest(Count).WithReplay(new Replay(new Rnd(1, 1), size: null)));
}
