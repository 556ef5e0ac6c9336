using MnistML.Native;
using TorchSharp;

namespace MnistML.Tests.Native;

internal sealed class TrainingDeviceTests
{
    private static bool HasCuda
    {
        get
        {
            LibTorch.EnsureLoaded();
            return torch.cuda.is_available();
        }
    }

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Find_OfTheProcessor_IsTheProcessor() => Assert.That(TrainingDevice.Find("cpu").type, Is.EqualTo(DeviceType.CPU));

    [Test]
    public void Find_OfAuto_IsCudaWhereThereIsAny() =>
        Assert.That(TrainingDevice.Find("auto").type, Is.EqualTo(HasCuda ? DeviceType.CUDA : DeviceType.CPU));

    [TestCase("cuda")]
    [TestCase("cuda:1")]
    public void Find_OfADeviceThatIsNotThere_ListsWhatIs(string name)
    {
        Assume.That(HasCuda, Is.False);

        Assert.That(() => TrainingDevice.Find(name), Throws.ArgumentException.With.Message.EqualTo(
            $"There is no device '{name}'. This process has cpu. CUDA needs an NVIDIA graphics card with its driver, and the package "
            + "TorchSharp-cuda-linux or TorchSharp-cuda-windows instead of TorchSharp-cpu."));
    }

    [Test]
    public void Find_OfADeviceBeyondTheLast_ListsWhatIs() => Assert.That(
        () => TrainingDevice.Find("cuda:999"),
        Throws.ArgumentException.With.Message.StartsWith("There is no device 'cuda:999'. This process has cpu"));
}
