using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Scoring.Stock;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Stock;

public sealed class ScorerRowsTests
{
    private ScoringCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new ScoringCase();

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void Rows_FourClasses_AreTheIdentityAndTheKeys()
    {
        var view = MulticlassScorer.OneHotRows("z", _case.Data.Schema["Label"]);

        Assert.That(view.GetColumn<float[]>("z"), Is.EqualTo(new float[][] { [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1] }));
        Assert.That(view.GetColumn<uint>("Label"), Is.EqualTo(new uint[] { 1, 2, 3, 4 }));
        Assert.That((view.GetRowCount(), view.CanShuffle), Is.EqualTo((4, false)));
    }

    [Test]
    public void Cursor_BeforeTheFirstAndAfterTheLastRow_IsAtNone()
    {
        using var cursor = MulticlassScorer.OneHotRows("z", _case.Data.Schema["Label"]).GetRowCursor([]);
        Assert.That(cursor.Position, Is.EqualTo(-1));

        var positions = new List<long>();
        while (cursor.MoveNext())
        {
            positions.Add(cursor.Position);
        }

        Assert.That(positions, Is.EqualTo(new long[] { 0, 1, 2, 3 }));
        Assert.That(cursor.Position, Is.EqualTo(-1));
    }

    [Test]
    public void Rows_OneClass_IsAOne()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", new KeyDataViewType(typeof(uint), 1));

        Assert.That(MulticlassScorer.OneHotRows("z", builder.ToSchema()[0]).GetColumn<float[]>("z"), Is.EqualTo(new float[][] { [1] }));
    }

    [Test]
    public void Schema_Label_HasTheUsersAnnotations() => Assert.That(
        SchemaText.Of(MulticlassScorer.OneHotRows("z", _case.Data.Schema["Label"]).Schema),
        Is.EqualTo((string[])["z: Vector<Single, 4>", .. SchemaText.Of(_case.Data.Schema["Label"])]));
}
