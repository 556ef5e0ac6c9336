using System.Collections.Concurrent;

namespace MnistML.Samples.Pictures.Features;

/// <summary>The features of many pictures: from the cache, else computed on all cores.</summary>
internal sealed class FeatureReader(PretrainedNetwork network, FeatureCache? cache)
{
    private int _cachedCount;

    /// <summary>How many pictures were found in the cache.</summary>
    public int CachedCount => _cachedCount;

    /// <summary>Reads all pictures. Those that can't be read have null, and a reason.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="progress">Is told how many are done.</param>
    /// <param name="cancellationToken">Ends it; what was computed is in the cache.</param>
    public (float[]? Features, string Reason)[] Read(
        IReadOnlyList<string> paths, Action<int> progress, CancellationToken cancellationToken)
    {
        var results = new (float[]? Features, string Reason)[paths.Count];
        var done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };

        // Each core takes the next picture, not several: they take long, and the last ones would wait for one core.
        var oneByOne = Partitioner.Create(Enumerable.Range(0, paths.Count), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(oneByOne, options, i =>
        {
            results[i] = ReadOne(paths[i]);
            progress(Interlocked.Increment(ref done));
        });
        cache?.Trim();
        return results;
    }

    private (float[]? Features, string Reason) ReadOne(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return (null, refusal.Message);
        }

        if (cache?.TryRead(content) is { } cached)
        {
            Interlocked.Increment(ref _cachedCount);
            return (cached, "");
        }

        try
        {
            var features = network.Compute(content);
            cache?.Write(content, features);
            return (features, "");
        }
        catch (Exception refusal) when (refusal is InvalidDataException or ArgumentException)
        {
            return (null, refusal.Message);
        }
    }
}
