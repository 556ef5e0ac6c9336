using MnistML.Training.Options;
using MnistML.Training.Rows;
using MnistML.Training.Schedules;

namespace MnistML.Training.Choices;

/// <summary>The options of a training with everything chosen that the user left to a rule.</summary>
internal sealed record TrainingChoices
{
    private const int MembersForTables = 8;
    private static readonly int[] LayersOfMember = [128, 128];
    private static readonly int[] LayersOfSingleNetwork = [512, 256];

    public required IReadOnlyList<int> HiddenLayers { get; init; }

    public required int Members { get; init; }

    public required MlpFeatureScaling FeatureScaling { get; init; }

    /// <summary>The most bins of a feature; 0 for none.</summary>
    public required int Bins { get; init; }

    public required bool HasFeatureFactors { get; init; }

    /// <summary>Whether the first layer computes only with features that are not zero.</summary>
    public required bool SparseFeatures { get; init; }

    public required bool IsOutOfFold { get; init; }

    public required bool CalibratesTemperature { get; init; }

    public required MlpSchedule Schedule { get; init; }

    public required int BatchSize { get; init; }

    public required double DropoutRate { get; init; }

    /// <summary>The number of epochs; null where the schedule chooses it.</summary>
    public required int? MaxEpochs { get; init; }

    /// <summary>Chooses what is open.</summary>
    /// <param name="options">The options as the user gave them.</param>
    /// <param name="kind">What the features are like.</param>
    /// <param name="featureCount">The number of features.</param>
    /// <param name="manyValuedCount">The number of features of more than two values.</param>
    /// <param name="rowCount">Training rows.</param>
    /// <param name="classCount">Classes, of the label's type, whether they occur or not; at most 2 for other tasks.</param>
    /// <param name="initialModel">The model that the training begins with; null if it draws the weights.</param>
    public static TrainingChoices Of(
        MlpTrainingOptions options,
        FeatureKind kind,
        int featureCount,
        int manyValuedCount,
        long rowCount,
        int classCount,
        MlpModelParameters? initialModel)
    {
        var isTable = kind == FeatureKind.Table;
        var isText = kind == FeatureKind.SparseText;
        var initial = initialModel?.Architecture;
        var isOpenTable = isTable && options.HiddenLayers is null && rowCount >= MembersForTables;
        var wantsMembers = options.OutOfFold == true || (isOpenTable && !ManyClasses.Are(classCount));
        var members = options.Members ?? initial?.MemberCount ?? (wantsMembers ? MembersForTables : 1);
        var isForManyClasses = isOpenTable && ManyClasses.Are(classCount) && options.Members is null;

        // An initial model may know all rows, so that none of its members can judge when to end.
        var hasCycles = options.Schedule is null
            ? isTable && members > 1 && initial is null && options.MaxEpochs is null && options.EarlyStopping is null
            : options.Schedule is DoublingCyclesSchedule;
        var bins = options.FeatureEncoding switch
        {
            PiecewiseLinearEncoding encoding => encoding.Bins,
            _ when options.FeatureEncoding == MlpFeatureEncoding.None || options.SparseFeatures == true => 0,
            _ when initial is not null => initialModel!.Encoding is null ? 0 : PiecewiseLinearEncoding.DefaultBins,
            _ => isForManyClasses || (isTable && members > 1) ? AutoBins.Choose(manyValuedCount) : 0,
        };
        var scaling = options.FeatureScaling != MlpFeatureScaling.Auto ? options.FeatureScaling
            : isTable && bins > 0 ? MlpFeatureScaling.Quantile
            : options.SparseFeatures == true || (isText && bins == 0) ? MlpFeatureScaling.MaxAbsAboveOne
            : MlpFeatureScaling.BoundedStandardize;
        var isOutOfFold = options.OutOfFold ?? (hasCycles && initial is null && members > 1 && rowCount >= members);
        var batchSize = options.BatchSize ?? ManyClasses.Limit(AutoBatchSize.Choose(kind, rowCount), members, classCount);
        var stepsPerEpoch = new BatchPlan(rowCount, batchSize, options.BatchNormalization).BatchCount;
        return new TrainingChoices
        {
            HiddenLayers = options.HiddenLayers
                ?? initial?.HiddenLayers
                ?? ManyClasses.Narrow(
                    isText ? TextLayers.Choose(featureCount) : members > 1 ? LayersOfMember : LayersOfSingleNetwork,
                    members,
                    classCount),
            Members = members,
            FeatureScaling = scaling,
            Bins = bins,
            HasFeatureFactors = options.LearnedFeatureFactors ?? bins > 0,
            SparseFeatures = options.SparseFeatures
                ?? (isText && bins == 0 && options.NotSparseBecause is null && options.Group is null),
            IsOutOfFold = isOutOfFold,
            CalibratesTemperature = options.Calibrates ?? isOutOfFold,
            Schedule = options.Schedule ?? (hasCycles ? MlpSchedule.DoublingCycles() : MlpSchedule.OneCycle()),
            BatchSize = batchSize,
            DropoutRate = options.DropoutRate
                ?? (options.MaxEpochs is null ? AutoDropout.Choose(rowCount, options.Task, hasCycles) : 0),
            MaxEpochs = options.MaxEpochs ?? (hasCycles ? null : AutoEpochs.Choose(stepsPerEpoch)),
        };
    }

    /// <summary>The options with these choices, for descriptions.</summary>
    public MlpTrainingOptions ApplyTo(MlpTrainingOptions options)
    {
        var complete = options with
        {
            HiddenLayers = HiddenLayers,
            Members = Members,
            FeatureScaling = FeatureScaling,
            FeatureEncoding = Bins == 0 ? MlpFeatureEncoding.None : MlpFeatureEncoding.PiecewiseLinear(Bins),
            LearnedFeatureFactors = HasFeatureFactors,
            SparseFeatures = SparseFeatures,
            OutOfFold = IsOutOfFold,
            Schedule = Schedule,
            BatchSize = BatchSize,
            DropoutRate = DropoutRate,
            MaxEpochs = MaxEpochs,
        };
        return complete is MlpClassificationOptions classification
            ? classification with { CalibrateTemperature = CalibratesTemperature }
            : complete;
    }
}
