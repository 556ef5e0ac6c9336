using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Benchmarks.Fuzz.Idx;

/// <summary>The reader of IDX files, by stream, and by path through ML.NET.</summary>
internal sealed class IdxTarget(string folder) : FuzzTarget(folder)
{
    private const int MaxRowsRead = 1_000;

    /// <summary>The size that a file may unpack to here. The library is set to refuse larger ones, such as the bombs.</summary>
    private const long MaxUnpackedBytes = 16 << 20;
    private const long MaxExtraBytes = 64 << 20;

    private readonly MLContext _mlContext = new();

    public override string Things => "pairs of files";

    public override long MaxAllocatedBytes => MaxUnpackedBytes + MaxExtraBytes;

    private string ImagesPath => Path.Combine(Folder, "fuzz-images");

    private string LabelsPath => Path.Combine(Folder, "fuzz-labels");

    public override void WarmUp() => Load(SeedFiles.All[0]);

    public override Outcome Load(Random random) => Load(new IdxMutator(random).Mutate(SeedFiles.All[random.Next(SeedFiles.All.Count)]));

    private Outcome Load(FilePair pair)
    {
        File.WriteAllBytes(ImagesPath, pair.Images);
        File.WriteAllBytes(LabelsPath, pair.Labels);
        var fromStream = Outcome.Of(() => IdxFile.Read(new MemoryStream(pair.Images), ImagesPath, MaxUnpackedBytes), IsPromised);
        var options = pair.Options with { MaxUnpackedBytes = MaxUnpackedBytes };
        var fromPaths = Outcome.Of(() => Read(_mlContext.Data.LoadFromIdx(ImagesPath, LabelsPath, options)), IsPromised);
        var outcome = fromStream.IsPromised ? fromPaths : fromStream;
        return outcome with { AllocatedBytes = Math.Max(fromStream.AllocatedBytes, fromPaths.AllocatedBytes) };
    }

    private bool IsPromised(Exception error) => error is InvalidDataException or IOException
        && (error.Message.Contains(ImagesPath, StringComparison.Ordinal) || error.Message.Contains(LabelsPath, StringComparison.Ordinal));

    /// <summary>Reads every column of the first rows.</summary>
    private static void Read(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema);
        Action[] getters = [.. view.Schema.Select(column => Getter(cursor, column))];
        for (var row = 0; row < MaxRowsRead && cursor.MoveNext(); row++)
        {
            foreach (var get in getters)
            {
                get();
            }
        }
    }

    private static Action Getter(DataViewRowCursor cursor, DataViewSchema.Column column) => column.Type.RawType switch
    {
        var type when type == typeof(VBuffer<byte>) => Getter<VBuffer<byte>>(cursor, column),
        var type when type == typeof(VBuffer<sbyte>) => Getter<VBuffer<sbyte>>(cursor, column),
        var type when type == typeof(VBuffer<short>) => Getter<VBuffer<short>>(cursor, column),
        var type when type == typeof(VBuffer<int>) => Getter<VBuffer<int>>(cursor, column),
        var type when type == typeof(VBuffer<float>) => Getter<VBuffer<float>>(cursor, column),
        var type when type == typeof(VBuffer<double>) => Getter<VBuffer<double>>(cursor, column),
        _ => Getter<uint>(cursor, column),
    };

    private static Action Getter<T>(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var getter = cursor.GetGetter<T>(column);
        T value = default!;
        return () => getter(ref value);
    }
}
