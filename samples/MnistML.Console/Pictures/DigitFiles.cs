using MnistML.Images;
using MnistML.Samples.Data;

namespace MnistML.Samples.Pictures;

/// <summary>The digits that were found, as PNG files in a folder: <c>scan-1.png</c> and <c>scan-2.png</c> of <c>scan.jpg</c>.</summary>
internal sealed class DigitFiles
{
    private readonly string _folder;
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks the folder before the work.</summary>
    /// <exception cref="ArgumentException">The folder's name can't be one.</exception>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    public DigitFiles(string folder)
    {
        OutputFile.EnsureFolderWritable("--save-digits", folder, "digit-1.png");
        _folder = folder;
    }

    /// <summary>How many were written.</summary>
    public int Count { get; private set; }

    /// <summary>Writes the digits of a picture. A name that another picture of this run has had gets a number.</summary>
    public void Write(string picture, IReadOnlyList<FoundDigit> digits)
    {
        var stem = Path.GetFileNameWithoutExtension(picture);
        var name = stem;
        for (var number = 2; !_names.Add(name); number++)
        {
            name = $"{stem}~{number}";
        }

        foreach (var (index, digit) in digits.Index())
        {
            OutputFile.Write(Path.Combine(_folder, $"{name}-{index + 1}.png"), path => File.WriteAllBytes(path, digit.ToPng()));
            Count++;
        }
    }
}
