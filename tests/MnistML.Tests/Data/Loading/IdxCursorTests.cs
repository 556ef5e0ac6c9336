using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;
using NUnit.Framework.Constraints;

namespace MnistML.Tests.Data.Loading;

public sealed class IdxCursorTests
{
    private const string OnNoRow =
        "The cursor has no current row: call MoveNext first, and read no values after it has returned false.";

    private readonly FiveImageFiles _files = new();
    private IDataView _view = null!;

    [OneTimeSetUp]
    public void Load() => _view = _files.Load();

    [OneTimeTearDown]
    public void DeleteFiles() => _files.Dispose();

    [Test]
    public void MoveNext_FiveRows_GivesPositionsAndThenMinusOne()
    {
        using var cursor = _view.GetRowCursor([]);
        var positions = new List<long> { cursor.Position };
        while (cursor.MoveNext())
        {
            positions.Add(cursor.Position);
        }

        positions.Add(cursor.Position);

        Assert.That(positions, Is.EqualTo(new long[] { -1, 0, 1, 2, 3, 4, -1 }));
        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(cursor.Position, Is.EqualTo(-1));
        Assert.That(cursor.Batch, Is.Zero);
    }

    [Test]
    public void GetGetter_InactiveColumn_Throws()
    {
        using var cursor = _view.GetRowCursor([_view.Schema["Label"]]);

        Assert.That(
            () => cursor.GetGetter<VBuffer<byte>>(_view.Schema["Image"]),
            Throws.TypeOf<ArgumentOutOfRangeException>()
                .With.Message.EqualTo(
                    "The column 'Image' is not active in this cursor. Name it among the columns that GetRowCursor is asked for. "
                    + "(Parameter 'column')"));
    }

    [Test]
    public void IsColumnActive_OneColumnAskedFor_IsTrueOfThatOne()
    {
        using var cursor = _view.GetRowCursor([_view.Schema["Features"]]);

        Assert.That(cursor.Schema, Is.SameAs(_view.Schema));
        Assert.That(_view.Schema.Select(cursor.IsColumnActive), Is.EqualTo(new[] { false, true, false }));
    }

    [Test]
    public void GetGetter_WrongType_Throws()
    {
        using var cursor = _view.GetRowCursor(_view.Schema);

        Assert.That(
            () => cursor.GetGetter<VBuffer<float>>(_view.Schema["Image"]),
            ThrowsWrongType("Image", typeof(VBuffer<float>), typeof(VBuffer<byte>)));
        Assert.That(
            () => cursor.GetGetter<float>(_view.Schema["Features"]), ThrowsWrongType("Features", typeof(float), typeof(VBuffer<float>)));
        Assert.That(
            () => cursor.GetGetter<byte>(_view.Schema["Label"]), ThrowsWrongType("Label", typeof(byte), typeof(uint)));
    }

    [Test]
    public void Getters_BeforeTheFirstRowAndAfterTheLast_Throw()
    {
        using var cursor = _view.GetRowCursor(_view.Schema);
        var getImage = cursor.GetGetter<VBuffer<byte>>(_view.Schema["Image"]);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(_view.Schema["Features"]);
        var getLabel = cursor.GetGetter<uint>(_view.Schema["Label"]);
        var getId = cursor.GetIdGetter();

        AssertAllThrow();
        while (cursor.MoveNext())
        {
        }

        AssertAllThrow();

        void AssertAllThrow()
        {
            Assert.That(() => Get(getImage), Throws.InvalidOperationException.With.Message.EqualTo(OnNoRow));
            Assert.That(() => Get(getFeatures), Throws.InvalidOperationException.With.Message.EqualTo(OnNoRow));
            Assert.That(() => Get(getLabel), Throws.InvalidOperationException.With.Message.EqualTo(OnNoRow));
            Assert.That(() => Get(getId), Throws.InvalidOperationException.With.Message.EqualTo(OnNoRow));
        }
    }

    [Test]
    public void Getter_SparseOrLargerBufferGiven_GivesADenseRow()
    {
        using var cursor = _view.GetRowCursor(_view.Schema);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(_view.Schema["Features"]);
        var buffer = new VBuffer<float>(9, 2, [7, 7], [0, 8]);
        cursor.MoveNext();

        getFeatures(ref buffer);

        Assert.That(buffer.IsDense, Is.True);
        Assert.That(buffer.GetValues().ToArray(), Is.EqualTo(ImageRow.Five[0].Features));
    }

    [Test]
    public void Cursors_SideBySide_AreIndependent()
    {
        var label = _view.Schema["Label"];
        using var first = _view.GetRowCursor([label]);
        using var second = _view.GetRowCursor([label]);
        var (getFirst, getSecond) = (first.GetGetter<uint>(label), second.GetGetter<uint>(label));

        first.MoveNext();
        first.MoveNext();
        first.MoveNext();
        second.MoveNext();

        Assert.That(Get(getFirst), Is.EqualTo(4));
        Assert.That(Get(getSecond), Is.EqualTo(3));
    }

    private static T Get<T>(ValueGetter<T> getter)
    {
        T value = default!;
        getter(ref value);
        return value;
    }

    private static EqualStringConstraint ThrowsWrongType(string column, Type asked, Type held) =>
        Throws.InvalidOperationException.With.Message.EqualTo($"The column '{column}' is read as {asked}, but it holds {held}.");
}
