using System.Globalization;
using MnistML.Network.Backprop;
using MnistML.Network.Workers;

namespace MnistML.Benchmarks.Speed;

/// <summary>What one training reached.</summary>
internal sealed record RooflineFigures
{
    private const double Giga = 1e9;

    public required string Precision { get; init; }

    /// <summary>The rate of libtorch's own products, in billions of operations a second.</summary>
    public required double ProductGigaflops { get; init; }

    /// <summary>The operations of an epoch's products over the seconds of its last epoch.</summary>
    public required double TrainingGigaflops { get; init; }

    /// <summary>The rate of the training over that of libtorch's own products.</summary>
    public required double Share { get; init; }

    public required double EpochSeconds { get; init; }

    /// <summary>Shares of the threads' time in all epochs, by phase. The rest is waiting, and work outside of batches.</summary>
    public required IReadOnlyDictionary<string, double> Phases { get; init; }

    public static RooflineFigures Of(
        MlpTrainer.Options options,
        MlpArchitecture architecture,
        long rows,
        double productRate,
        IReadOnlyList<MlpEpochMetrics> history,
        PhaseTimer timer)
    {
        var seconds = history[^1].Seconds;
        var rate = rows * ProductRate.OperationsOfRow(architecture) / seconds;
        var workers = AutoThreads.Choose(options.ChooseThreadCount(), architecture, options.BatchSize!.Value);
        var all = history.Sum(epoch => epoch.Seconds) * workers;
        var phases = Enum.GetValues<Phase>().ToDictionary(phase => phase.ToString(), phase => timer.SecondsOf(phase) / all);
        phases["Rest"] = 1 - phases.Values.Sum();
        return new RooflineFigures
        {
            Precision = options.Precision.ToString(),
            ProductGigaflops = productRate / Giga,
            TrainingGigaflops = rate / Giga,
            Share = rate / productRate,
            EpochSeconds = seconds,
            Phases = phases,
        };
    }

    public void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Precision,-9} products {ProductGigaflops:F0} GFLOP/s, training {TrainingGigaflops:F0} "
        + $"({EpochSeconds:F3} s an epoch), share {Share:F2}; ")
        + string.Join(", ", Phases.Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.Key} {phase.Value:P0}"))));
}
