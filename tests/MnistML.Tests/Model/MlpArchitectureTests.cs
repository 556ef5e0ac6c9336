namespace MnistML.Tests.Model;

public sealed class MlpArchitectureTests
{
    [Test]
    public void Layers_TwoHiddenLayers_ChainTheSizes() => Assert.That(
        new MlpArchitecture(6, [5, 3], 4).Layers,
        Is.EqualTo(new MlpLayerShape[] { new(6, 5), new(5, 3), new(3, 4) }));

    [Test]
    public void Layers_NoHiddenLayers_AreOne() =>
        Assert.That(new MlpArchitecture(6, [], 4).Layers, Is.EqualTo(new MlpLayerShape[] { new(6, 4) }));

    [Test]
    public void ParameterCount_ClassicNetwork_IsThatCountedByHand() =>
        Assert.That(new MlpArchitecture(784, [512, 256], 10).ParameterCount, Is.EqualTo(535_818));

    [Test]
    public void ParameterCount_HugeNetwork_DoesNotOverflow() =>
        Assert.That(new MlpArchitecture(100_000, [], 100_000).ParameterCount, Is.EqualTo(10_000_100_000));

    [Test]
    public void ToString_Sizes_AreWrittenFromTheInputOn()
    {
        Assert.That(new MlpArchitecture(784, [512, 256], 10).ToString(), Is.EqualTo("784-512-256-10"));
        Assert.That(new MlpArchitecture(6, [], 4).ToString(), Is.EqualTo("6-4"));
    }

    [Test]
    public void Equals_SameForm_IsTrueWithTheSameHashCode()
    {
        var architecture = new MlpArchitecture(6, [5, 3], 4, MlpActivation.Tanh);
        var other = new MlpArchitecture(6, new List<int> { 5, 3 }, 4, MlpActivation.Tanh);

        Assert.That(other, Is.EqualTo(architecture));
        Assert.That(other.GetHashCode(), Is.EqualTo(architecture.GetHashCode()));
    }

    [Test]
    public void Equals_OneThingDifferent_IsFalse()
    {
        var architecture = new MlpArchitecture(6, [5, 3], 4, MlpActivation.Tanh);

        Assert.That(new MlpArchitecture(7, [5, 3], 4, MlpActivation.Tanh), Is.Not.EqualTo(architecture));
        Assert.That(new MlpArchitecture(6, [3, 5], 4, MlpActivation.Tanh), Is.Not.EqualTo(architecture));
        Assert.That(new MlpArchitecture(6, [5, 3], 3, MlpActivation.Tanh), Is.Not.EqualTo(architecture));
        Assert.That(new MlpArchitecture(6, [5, 3], 4), Is.Not.EqualTo(architecture));
    }

    [Test]
    public void HiddenLayers_ArrayChangedAfterwards_KeepTheirSizes()
    {
        int[] hiddenLayers = [5, 3];
        var architecture = new MlpArchitecture(6, hiddenLayers, 4);

        hiddenLayers[0] = 7;

        Assert.That(architecture.HiddenLayers, Is.EqualTo(new[] { 5, 3 }));
    }

    [TestCase(0, 5, 4, "inputSize")]
    [TestCase(6, 0, 4, "hiddenLayers")]
    [TestCase(6, -1, 4, "hiddenLayers")]
    [TestCase(6, 5, 0, "outputSize")]
    public void Constructor_SizeBelowOne_Throws(int inputSize, int units, int outputSize, string parameter)
    {
        var found = new[] { inputSize, units, outputSize }.Single(size => size < 1);

        Assert.That(
            () => new MlpArchitecture(inputSize, [units], outputSize),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo(
                $"{parameter} ('{found}') must be greater than or equal to '1'. (Parameter '{parameter}'){Environment.NewLine}"
                + $"Actual value was {found}."));
    }

    [Test]
    public void Constructor_NullHiddenLayers_Throws() => Assert.That(
        () => new MlpArchitecture(6, null!, 4), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("hiddenLayers"));
}
