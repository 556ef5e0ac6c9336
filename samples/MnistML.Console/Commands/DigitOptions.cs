using System.CommandLine;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>The options that say where a command reads its digits.</summary>
internal sealed class DigitOptions
{
    private readonly Option<string?> _data = new("--data")
    {
        Description =
            "Folder of the four MNIST files, raw or .gz; else MNIST_DATA_DIR, the user's cache, a download, or digits drawn by the library",
        HelpName = "DIR",
    };

    private readonly Option<Uri?> _mirror = new("--mirror")
    {
        Description = "Where to download MNIST from if it is not at hand: an address of a folder with the four files",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)
                && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
            {
                return address;
            }

            result.AddError($"--mirror is '{result.Tokens[0].Value}', but must be an address that begins with https:// or http://.");
            return null;
        },
    };

    public IReadOnlyList<Option> All => [_data, _mirror];

    /// <summary>Finds, downloads or draws the digits, shows the progress, and reports which digits they are.</summary>
    public async Task<DigitData> LoadAsync(
        MLContext mlContext, IAnsiConsole screen, ParseResult parsed, CancellationToken cancellationToken)
    {
        var data = await new DownloadDisplay(screen).RunAsync(progress =>
            DigitData.LoadAsync(
                mlContext, parsed.GetValue(_data), parsed.GetValue(_mirror), progress, cancellationToken)).ConfigureAwait(false);
        DataReport.Write(screen, data);
        return data;
    }
}
