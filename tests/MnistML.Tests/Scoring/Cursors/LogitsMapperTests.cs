using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

internal sealed class LogitsMapperTests
{
    private LogitsCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new LogitsCase(Networks.Random(new MlpArchitecture(3, [5], 4), seed: 1));

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void CopyInputs_SparseAndDenseRows_FillTheBuffer()
    {
        var buffer = new float[] { 7, 7, 7 };

        _case.Mapper.CopyInputs(new VBuffer<float>(3, 1, [5], [1]), buffer, row: 0);
        Assert.That(buffer, Is.EqualTo([0, 5, 0]));
        _case.Mapper.CopyInputs(new VBuffer<float>(3, [1, 2, 3]), buffer, row: 1);
        Assert.That(buffer, Is.EqualTo([1, 2, 3]));
    }

    [TestCase(-1, "")]
    [TestCase(0, " in row 0 (zero-based)")]
    [TestCase(12, " in row 12 (zero-based)")]
    public void CopyInputs_OfAnotherLength_NamesTheRowWhereItIsKnown(long row, string where)
    {
        var features = new VBuffer<float>(2, [1, 2]);

        Assert.That(
            () => _case.Mapper.CopyInputs(in features, new float[3], row),
            Throws.InvalidOperationException.With.Message.EqualTo(
                $"The feature column 'Features' holds 2 features{where}, but the model was trained on 3. "
                + "A null array counts as one of length 0: leave such rows out, or fill in their features."));
    }
}
