using System.Text.Json.Serialization;
using MnistML.Web.Models;

namespace MnistML.Web.Training;

/// <summary>How far a training is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
internal enum JobState
{
    /// <summary>Images are read or drawn.</summary>
    Preparing,
    Training,

    /// <summary>The model is tried on the test set.</summary>
    Evaluating,

    /// <summary>Its model is kept and in use.</summary>
    Done,

    /// <summary>The user wanted nothing of it, or it was stopped before its first epoch was over.</summary>
    Discarded,
    Failed,
}

/// <summary>The loss of the training rows of an epoch so far.</summary>
/// <param name="Epoch">The epoch, with the part of it that is done: 1.5 is in the middle of the second.</param>
/// <param name="Loss">Mean loss.</param>
internal readonly record struct LossPoint(double Epoch, double Loss);

/// <summary>A training in a few numbers.</summary>
internal sealed record JobStatus
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required RunKind Kind { get; init; }

    public required JobState State { get; init; }

    /// <summary>What went wrong, or why nothing was kept.</summary>
    public required string? Message { get; init; }

    /// <summary>The run that came of it.</summary>
    public required string? RunId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double Seconds { get; init; }

    public required bool IsStopping { get; init; }

    public required int Epoch { get; init; }

    public required int EpochCount { get; init; }

    public required int Batch { get; init; }

    public required int BatchCount { get; init; }

    public required double? TrainLoss { get; init; }

    public required double RowsPerSecond { get; init; }

    public required double? SecondsLeft { get; init; }

    public required int EpochsDone { get; init; }
}

/// <summary>A training with its curves.</summary>
internal sealed record JobDetails(
    JobStatus Status, TrainingRequest Request, IReadOnlyList<EpochInfo> Epochs, IReadOnlyList<LossPoint> Points);
