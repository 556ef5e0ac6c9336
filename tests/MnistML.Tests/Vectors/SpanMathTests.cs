using MnistML.Native;
using MnistML.Vectors;
using TorchSharp;

namespace MnistML.Tests.Vectors;

/// <summary>Loops over sixteen values at a time against libtorch, at lengths that fill vectors and that don't.</summary>
internal sealed class SpanMathTests
{
    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Activate_OfEachActivation_EqualsLibTorch([Values] MlpActivation activation, [Values(1, 16, 1_003)] int count)
    {
        using var scope = torch.NewDisposeScope();
        var inputs = Values(count);
        using var tensor = torch.tensor(inputs, requires_grad: true);
        var expected = activation switch
        {
            MlpActivation.Relu => torch.nn.functional.relu(tensor),
            MlpActivation.LeakyRelu => torch.nn.functional.leaky_relu(tensor, 0.01),
            MlpActivation.Gelu => torch.nn.functional.gelu(tensor),
            MlpActivation.Silu => torch.nn.functional.silu(tensor),
            MlpActivation.Tanh => torch.nn.functional.tanh(tensor),
            _ => torch.nn.functional.sigmoid(tensor),
        };
        var slopes = torch.autograd.grad([expected.sum()], [tensor])[0];
        var outputs = new float[count];
        float[] derivatives = [.. Enumerable.Repeat(3f, count)];

        HiddenActivation.Of(activation).Activate(inputs, outputs);
        HiddenActivation.Of(activation).Backward(inputs, derivatives);

        Assert.That(outputs, Is.EqualTo(TensorValues.ToSingles(expected)).Within(2e-6));
        Assert.That(derivatives.Select(derivative => derivative / 3), Is.EqualTo(TensorValues.ToSingles(slopes)).Within(1e-6));
    }

    [Test]
    public void Activate_OfTanhAndGeluNearZero_KeepsTheDigits([Values(MlpActivation.Tanh, MlpActivation.Gelu)] MlpActivation activation)
    {
        float[] inputs = [1e-6f, -1e-4f, 1e-3f];
        var outputs = new float[3];

        HiddenActivation.Of(activation).Activate(inputs, outputs);

        var factor = activation == MlpActivation.Tanh ? 1 : 0.5;
        Assert.That(outputs, Is.EqualTo(inputs.Select(input => factor * input)).Within(0.1).Percent);
    }

    [Test]
    public void Activate_OfWhatIsNotANumber_StaysSo([Values] MlpActivation activation)
    {
        var outputs = new float[20];

        HiddenActivation.Of(activation).Activate([.. Enumerable.Repeat(float.NaN, 20)], outputs);

        Assert.That(outputs, Is.All.NaN);
    }

    [TestCase(1)]
    [TestCase(16)]
    [TestCase(5_000)]
    public void Narrow_OfAnyValues_RoundsAsLibTorch(int count)
    {
        // All exponents, and values halfway between two of bfloat16.
        var random = new Random(2);
        float[] values = [.. Enumerable.Range(0, count).Select(i => BitConverter.Int32BitsToSingle(Bits(i)))];

        // Every third value lies halfway between two bfloat16 numbers.
        int Bits(int i) => i % 3 == 0 ? (random.Next() & ~0xFFFF) | 0x8000 : random.Next();
        values[0] = float.NaN;
        using var rounded = torch.tensor(values).to(torch.ScalarType.BFloat16);
        var narrowed = new ushort[count];
        var widened = new float[count];

        SpanMath.Narrow(values, narrowed);
        SpanMath.Widen(narrowed, widened);

        Assert.That(widened, Is.EqualTo(TensorValues.ToSingles(rounded)));
    }

    [Test]
    public void Sum_OfSquares_EqualsPlainLoops([Values(0, 7, 16, 100)] int count)
    {
        var values = Values(count);

        Assert.That(SpanMath.Sum(values, default(Square)), Is.EqualTo(values.Sum(value => (double)value * value)).Within(1e-3).Percent);
    }

    private static float[] Values(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((12 * random.NextDouble()) - 6))];
    }
}
