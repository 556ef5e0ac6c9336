using MnistML.Common;
using MnistML.Training.Group;
using MnistML.Training.Rows.Stores;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>The rows of a training, read and counted: in memory if they fit, otherwise read again for each epoch.</summary>
internal sealed record TrainingData
{
    private const int RowsAtATime = 256;

    private TrainingData()
    {
    }

    public int FeatureCount => Train.FeatureCount;

    public int ClassCount => Statistics.RowsOfClass.Length;

    public required ITrainingRows Train { get; init; }

    /// <summary>The validation rows; null if there are none.</summary>
    public ITrainingRows? Validation { get; private init; }

    /// <summary>Statistics of the training rows.</summary>
    public required RowStatistics Statistics { get; init; }

    /// <summary>Identifies the data for a checkpoint: numbers of rows and checksums.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Reads all rows once, and the training rows a second time if validation rows are set aside among them.</summary>
    /// <param name="source">The training rows.</param>
    /// <param name="validationSource">The validation rows, if any are given.</param>
    /// <param name="options">The scaling of features, the maximum memory, and the fraction to set aside.</param>
    /// <param name="seed">Draws the rows that are set aside.</param>
    /// <exception cref="InvalidOperationException">There are no rows, or too few for the fraction to set aside.</exception>
    public static TrainingData Read(IRowSource source, IRowSource? validationSource, MlpTrainingOptions options, int seed)
    {
        var statistics = NewStatistics(source, options, seed);
        if (options.Group is { } group)
        {
            return ReadShared(source, validationSource, options, seed, TrainingGroup.Of(group), statistics);
        }

        var store = ReadAll(source, statistics, options.MaxCacheBytes, options.CancellationToken);
        var data = new TrainingData
        {
            Train = ToRows(source, store, statistics, options.MaxCacheBytes),
            Statistics = statistics,
            Fingerprint = Describe(statistics),
        };
        return options.ValidationFraction > 0 ? data.SetAside(source, store, options, seed)
            : validationSource is not null ? data.WithValidation(validationSource, store, options)
            : data;
    }

    /// <summary>
    /// Counts all rows in every process, so that all have the same statistics. Which rows a process holds depends on the batch size, which
    /// a rule may choose by the statistics, so they are read once more.
    /// </summary>
    private static TrainingData ReadShared(
        IRowSource source,
        IRowSource? validationSource,
        MlpTrainingOptions options,
        int seed,
        TrainingGroup group,
        RowStatistics statistics)
    {
        Count(new RowPasses(source, RowCount: 0), statistics, options.CancellationToken);
        var passes = new RowPasses(source, statistics.RowCount);
        var fingerprint = Describe(statistics);
        RowPasses? toValidate = null;
        if (options.ValidationFraction > 0)
        {
            var split = new StratifiedSplit(statistics.RowsOfClass, options.ValidationFraction, Seeds.ForSplit(seed));
            toValidate = new RowPasses(source, split.ValidationRowCount) { Split = split, IsValidation = true };
            passes = new RowPasses(source, statistics.RowCount - split.ValidationRowCount) { Split = split };
            statistics = NewStatistics(source, options, seed);
            Count(passes, statistics, options.CancellationToken);
        }
        else if (validationSource is not null)
        {
            var ofValidation = new RowStatistics(validationSource, MlpFeatureScaling.None, hasChecksum: true);
            Count(new RowPasses(validationSource, RowCount: 0), ofValidation, options.CancellationToken);
            toValidate = new RowPasses(validationSource, ofValidation.RowCount);
            fingerprint = $"{fingerprint}; to validate: {Describe(ofValidation)}";
        }

        var validation = toValidate is null ? null : new LaneRows(toValidate, group, options.MaxCacheBytes);
        validation?.Prepare(group.Size, options.CancellationToken);
        return new TrainingData
        {
            Train = new LaneRows(passes, group, options.MaxCacheBytes, sharing: validation),
            Validation = validation,
            Statistics = statistics,
            Fingerprint = fingerprint,
        };
    }

    private TrainingData SetAside(IRowSource source, CompactRowStore? store, MlpTrainingOptions options, int seed)
    {
        var split = new StratifiedSplit(Statistics.RowsOfClass, options.ValidationFraction, Seeds.ForSplit(seed));
        var (train, validation) = (RowsOf(isValidation: false), RowsOf(isValidation: true));
        var statistics = NewStatistics(source, options, seed);
        var entries = new SparseRows();
        foreach (var batch in train.ReadInOrder(RowsAtATime, options.CancellationToken))
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                entries.Clear();
                batch.AppendEntries(row, entries);
                statistics.Add(entries.FeaturesOf(0, source.FeatureCount), batch.TargetOf(row));
            }
        }

        return this with { Train = train, Validation = validation, Statistics = statistics };

        ITrainingRows RowsOf(bool isValidation)
        {
            if (store is not null)
            {
                var isSetAside = split.Begin();
                return new CachedRows(
                    store, source.FeatureCount,
                        [.. Enumerable.Range(0, store.RowCount).Where(row => isSetAside(store.TargetOf(row).Class) == isValidation)]);
            }

            var count = isValidation ? split.ValidationRowCount : Statistics.RowCount - split.ValidationRowCount;
            return new StreamedRows(
                new RowPasses(source, count) { Split = split, IsValidation = isValidation }, options.MaxCacheBytes);
        }
    }

    /// <summary>
    /// Training and validation rows share the limit. Validation rows are read in order, so they need no memory if there is none left.
    /// </summary>
    private TrainingData WithValidation(IRowSource source, CompactRowStore? store, MlpTrainingOptions options)
    {
        var statistics = new RowStatistics(source, MlpFeatureScaling.None, NeedsChecksum(options));
        var bytesLeft = store is null ? 0 : options.MaxCacheBytes - store.ByteCount;
        var validationStore = ReadAll(source, statistics, bytesLeft, options.CancellationToken);
        return this with
        {
            Validation = ToRows(source, validationStore, statistics, bytesLeft),
            Fingerprint = $"{Fingerprint}; to validate: {Describe(statistics)}",
        };
    }

    /// <summary>The same data, whose training rows are dealt into folds.</summary>
    public TrainingData WithFolds(int foldCount, int seed) =>
        this with { Train = Train.WithFolds(() => new FoldDealer(foldCount, Statistics.RowsOfClass.Length, Seeds.ForFolds(seed))) };

    private static RowStatistics NewStatistics(IRowSource source, MlpTrainingOptions options, int seed) => new(
        source,
        options.FeatureScaling,
        NeedsChecksum(options),
        new RowSample(source.FeatureCount, Seeds.ForSample(seed)));

    private static bool NeedsChecksum(MlpTrainingOptions options) => options.CheckpointPath is not null || options.Group is not null;

    private static void Count(RowPasses passes, RowStatistics statistics, CancellationToken cancellationToken)
    {
        using var reader = passes.Open(shuffleSeed: null);
        while (reader.Read(out var features, out var target))
        {
            cancellationToken.ThrowIfCancellationRequested();
            statistics.Add(features, target);
        }
    }

    private static string Describe(RowStatistics statistics) =>
        FormattableString.Invariant($"{statistics.RowCount} rows, checksum {statistics.Checksum:x8}");

    private static ITrainingRows ToRows(IRowSource source, CompactRowStore? store, RowStatistics statistics, long maxBytes) => store is null
        ? new StreamedRows(new RowPasses(source, statistics.RowCount), maxBytes)
        : new CachedRows(store, source.FeatureCount, [.. Enumerable.Range(0, store.RowCount)]);

    /// <summary>Counts all rows, and keeps them unless they are too many.</summary>
    private static CompactRowStore? ReadAll(IRowSource source, RowStatistics statistics, long maxBytes, CancellationToken cancellationToken)
    {
        CompactRowStore? store = new(source.FeatureCount, maxBytes);
        using var reader = source.Open(shuffleSeed: null);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!reader.Read(out var features, out var target))
            {
                return store;
            }

            statistics.Add(features, target);
            store = store is { HasRoom: true } ? store : null;
            store?.Append(features, target);
        }
    }
}
