using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace MnistML.Native;

/// <summary>Where a training runs: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, or <c>auto</c>, which takes CUDA where there is any.</summary>
internal static class TrainingDevice
{
    /// <summary>The forms that a name can have.</summary>
    public const string Pattern = "cpu|auto|cuda(:[0-9]{1,3})?";

    private const string HowToHaveCuda =
        "CUDA needs a graphics card of NVIDIA with its driver, and in place of TorchSharp-cpu the package TorchSharp-cuda-linux or TorchSharp-cuda-windows.";

    private const string Automatic = "auto";
    private const string Processor = "cpu";

    /// <summary>Finds a device by its name; libtorch must be loaded.</summary>
    /// <exception cref="ArgumentException">There is no such device; the message lists those that there are.</exception>
    public static Device Find(string name)
    {
        if (name == Processor)
        {
            return CPU;
        }

        var count = cuda.is_available() ? cuda.device_count() : 0;
        if (name == Automatic)
        {
            return count > 0 ? CUDA : CPU;
        }

        var index = name.Contains(':') ? int.Parse(name[(name.IndexOf(':') + 1)..], CultureInfo.InvariantCulture) : 0;
        return index < count ? device(DeviceType.CUDA, index) : throw new ArgumentException(
            $"There is no device '{name}'. This process has {string.Join(", ", Enumerable.Range(0, count).Select(i => $"cuda:{i}").Prepend(Processor))}."
            + (count == 0 ? $" {HowToHaveCuda}" : ""));
    }
}
