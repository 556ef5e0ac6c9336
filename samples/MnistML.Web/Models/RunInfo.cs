using System.Text.Json.Serialization;

namespace MnistML.Web.Models;

/// <summary>A training that ended, and what its model is worth.</summary>
internal sealed record RunInfo
{
    /// <summary>The folder of the run, a name that sorts by time.</summary>
    public required string Id { get; init; }

    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    public required RunKind Kind { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Wall time of the training.</summary>
    public required double Seconds { get; init; }

    /// <summary>What was asked for.</summary>
    public required TrainingRequest Request { get; init; }

    /// <summary>The data set's name.</summary>
    public required string Dataset { get; init; }

    /// <summary>Rows that were learned from, corrections included.</summary>
    public required int TrainRows { get; init; }

    /// <summary>Whether the user ended it before its last epoch.</summary>
    public required bool WasStopped { get; init; }

    /// <summary>The network in words, for example <c>784-512-256-10</c>.</summary>
    public required string Network { get; init; }

    public required IReadOnlyList<string> ClassNames { get; init; }

    public required IReadOnlyList<EpochInfo> Epochs { get; init; }

    /// <summary>On the test set.</summary>
    public required Evaluation Test { get; init; }

    /// <summary>The run whose model it began with; null if it drew its weights.</summary>
    public string? ParentId { get; init; }

    /// <summary>What learning from corrections was worth; null for other trainings.</summary>
    public LearningOutcome? Learning { get; init; }
}

/// <summary>Why a network was trained.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunKind>))]
internal enum RunKind
{
    /// <summary>There was no model yet.</summary>
    First,

    /// <summary>The user asked for it.</summary>
    Train,

    /// <summary>To learn from corrections.</summary>
    Learn,
}

/// <summary>The metrics of one epoch; accuracies are shares from 0 to 1.</summary>
internal sealed record EpochInfo(
    int Epoch, double TrainLoss, double? TrainAccuracy, double? ValidationLoss, double? ValidationAccuracy, double Seconds,
    double RowsPerSecond)
{
    public static EpochInfo Of(MlpEpochMetrics metrics, int offset = 0) => new(
        metrics.Epoch + offset,
        metrics.TrainLoss,
        metrics.TrainAccuracy,
        metrics.ValidationLoss,
        metrics.ValidationAccuracy,
        metrics.Seconds,
        metrics.RowsPerSecond);
}

/// <summary>Shares of right answers, from 0 to 1, before learning from corrections and after it.</summary>
/// <param name="CorrectionCount">Corrections that were learned from.</param>
/// <param name="CorrectionsBefore">Of the corrections, before.</param>
/// <param name="CorrectionsAfter">Of the corrections, after.</param>
/// <param name="TestBefore">Of the test set, before.</param>
/// <param name="TestAfter">Of the test set, after.</param>
internal sealed record LearningOutcome(
    int CorrectionCount, double CorrectionsBefore, double CorrectionsAfter, double TestBefore, double TestAfter);
