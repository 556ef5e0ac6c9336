using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data.Loading;

/// <summary>
/// What cursors do with the files that they read: hold them no longer than they must, say what happened to them, and take no memory for a
/// row.
/// </summary>
public sealed class IdxCursorFileTests
{
    private ManyImageFiles _files = null!;

    [SetUp]
    public void CreateFiles() => _files = new ManyImageFiles(250);

    [TearDown]
    public void DeleteFiles() => _files.Dispose();

    [Test]
    [Platform("Linux")]
    public void Dispose_Cursor_ClosesTheFilesThatItOpened()
    {
        var view = _files.Load();
        Assert.That(OpenFiles(), Is.Empty, "a view holds no file");

        var all = view.GetRowCursor(view.Schema);
        var labels = view.GetRowCursor([view.Schema["Label"]]);
        var set = view.GetRowCursorSet([view.Schema["Features"]], 3);

        Assert.That(OpenFiles(), Is.EquivalentTo(new[]
        {
            _files.ImagesPath, _files.LabelsPath,
            _files.LabelsPath,
            _files.ImagesPath, _files.ImagesPath, _files.ImagesPath,
        }));

        all.Dispose();
        labels.Dispose();
        Array.ForEach(set, cursor => cursor.Dispose());
        all.Dispose();

        Assert.That(OpenFiles(), Is.Empty);
    }

    [Test]
    [Platform("Linux")]
    public void LoadFromIdx_RefusedFiles_ClosesThem()
    {
        Assert.That(() => new MLContext().Data.LoadFromIdx(_files.LabelsPath, _files.ImagesPath), Throws.TypeOf<InvalidDataException>());

        Assert.That(OpenFiles(), Is.Empty);
    }

    [Test]
    [Platform("Linux")]
    public void GetRowCursor_LabelsGoneMeanwhile_ClosesTheImages()
    {
        var view = _files.Load();
        File.Delete(_files.LabelsPath);

        Assert.That(() => view.GetRowCursor(view.Schema), Throws.TypeOf<FileNotFoundException>());
        Assert.That(() => view.GetRowCursorSet(view.Schema, 3), Throws.TypeOf<FileNotFoundException>());
        Assert.That(OpenFiles(), Is.Empty);
    }

    [Test]
    [Platform("Linux")]
    public void GetRowCursorSet_TheLastCannotOpen_ClosesTheOthers()
    {
        var view = _files.Load();

        Assert.That(() => view.GetRowCursorSet(LastTimeWithoutImages(), 3), Throws.TypeOf<FileNotFoundException>());
        Assert.That(OpenFiles(), Is.Empty);

        // Each cursor asks which columns it is to read; the file goes as the third does.
        IEnumerable<DataViewSchema.Column> LastTimeWithoutImages()
        {
            if (OpenFiles().Count == 2)
            {
                File.Delete(_files.ImagesPath);
            }

            yield return view.Schema["Image"];
        }
    }

    [Test]
    public void GetRowCursor_FileOfAnotherLengthMeanwhile_Throws()
    {
        var view = _files.Load();
        File.AppendAllText(_files.ImagesPath, "!");

        Assert.That(
            () => view.GetRowCursor(view.Schema),
            Throws.TypeOf<IOException>().With.Message.EqualTo(
                $"'{_files.ImagesPath}' has changed since it was opened: it was 1516 bytes long, and is 1517 now; open it again."));
    }

    [Test]
    public void Getter_FileCutShortMeanwhile_Throws()
    {
        var view = _files.Load();
        using var cursor = view.GetRowCursor(view.Schema);
        var getImage = cursor.GetGetter<VBuffer<byte>>(view.Schema["Image"]);
        VBuffer<byte> image = default;
        using (var file = new FileStream(_files.ImagesPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(20);
        }

        cursor.MoveNext();

        Assert.That(
            () => getImage(ref image),
            Throws.TypeOf<EndOfStreamException>().With.Message.EqualTo(
                $"'{_files.ImagesPath}' has been cut short since it was opened: byte 20 is gone; open it again."));
    }

    [Test]
    public void Getter_LabelsChangedMeanwhile_Throws()
    {
        var view = _files.Load();
        File.WriteAllBytes(_files.LabelsPath, IdxBytes.Labels([.. Enumerable.Repeat((byte)4, 250)]));
        using var cursor = view.GetRowCursor(view.Schema);
        var getLabel = cursor.GetGetter<uint>(view.Schema["Label"]);
        uint label = 0;
        cursor.MoveNext();

        Assert.That(
            () => getLabel(ref label),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"'{_files.LabelsPath}' has changed since it was loaded: it holds a label now that it did not; load it again."));
    }

    [Test]
    public void Cursor_OfAGzipFileThatIsGone_ReadsOn()
    {
        using var packed = new ManyImageFiles(250, packed: true);
        var view = packed.Load();
        File.Delete(packed.ImagesPath);

        Assert.That(view.GetColumn<byte[]>("Image"), Is.EqualTo(packed.Rows.Select(row => row.Image)));
    }

    [Test]
    public void Getters_InSteadyState_AllocateNothing([Values] bool packed, [Values] bool shuffled, [Values] bool transposed)
    {
        using var files = new ManyImageFiles(250, packed);
        var view = files.Load(new IdxLoaderOptions { Transpose = transposed });
        Assert.That(LeastAllocated(view, shuffled), Is.Zero);
    }

    [Test]
    public void Getters_EveryElementType_AllocateNothing([Values] IdxElementType type)
    {
        var header = new IdxHeader(type, [250, 2, 3]);
        IdxFile.Write(_files.ImagesPath, header, new byte[header.ElementByteCount]);
        var view = _files.Load();
        Assert.That(LeastAllocated(view, shuffled: false), Is.Zero);
    }

    /// <summary>Measures several passes, since the runtime may recompile a method within one of them.</summary>
    private static long LeastAllocated(IDataView view, bool shuffled)
    {
        const int Passes = 4;
        return Enumerable.Range(0, Passes).Min(_ => AllocatedAfterFirstRow(view, shuffled));
    }

    /// <summary>What all rows but the first take on this thread, read once before so that all code is there.</summary>
    private static long AllocatedAfterFirstRow(IDataView view, bool shuffled)
    {
        using var cursor = view.GetRowCursor(view.Schema, shuffled ? new Random(1) : null);
        Action[] getters =
        [
            Getter(cursor, view.Schema["Image"]),
            Getter<VBuffer<float>>(cursor, view.Schema["Features"]),
            Getter<uint>(cursor, view.Schema["Label"]),
            Getter(cursor.GetIdGetter()),
        ];
        long before = 0;
        for (var row = 0; cursor.MoveNext(); row++)
        {
            foreach (var get in getters)
            {
                get();
            }

            before = row == 0 ? GC.GetAllocatedBytesForCurrentThread() : before;
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Action Getter(DataViewRowCursor cursor, DataViewSchema.Column column) => column.Type.RawType switch
    {
        var type when type == typeof(VBuffer<byte>) => Getter<VBuffer<byte>>(cursor, column),
        var type when type == typeof(VBuffer<sbyte>) => Getter<VBuffer<sbyte>>(cursor, column),
        var type when type == typeof(VBuffer<short>) => Getter<VBuffer<short>>(cursor, column),
        var type when type == typeof(VBuffer<int>) => Getter<VBuffer<int>>(cursor, column),
        var type when type == typeof(VBuffer<float>) => Getter<VBuffer<float>>(cursor, column),
        _ => Getter<VBuffer<double>>(cursor, column),
    };

    private static Action Getter<T>(DataViewRowCursor cursor, DataViewSchema.Column column) => Getter(cursor.GetGetter<T>(column));

    private static Action Getter<T>(ValueGetter<T> get)
    {
        T value = default!;
        return () => get(ref value);
    }

    /// <summary>Which of the two files this process holds open, as often as it does.</summary>
    private List<string> OpenFiles() =>
    [
        .. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
            .Select(descriptor => descriptor.LinkTarget)
            .OfType<string>()
            .Where(path => path == _files.ImagesPath || path == _files.LabelsPath),
    ];
}
