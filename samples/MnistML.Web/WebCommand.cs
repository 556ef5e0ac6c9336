using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace MnistML.Web;

/// <summary>The command line.</summary>
internal sealed class WebCommand : RootCommand
{
    private readonly Option<string?> _state = new("--state")
    {
        Description = "Folder for models and corrections [default: mnistml/web in the user's data folder]",
        HelpName = "DIR",
    };

    private readonly Option<string?> _model = new("--model")
    {
        Description = "Begin with this saved model instead of the one in the folder",
        HelpName = "model.zip",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Folder of the four MNIST files, raw or .gz; else MNIST_DATA_DIR, the user's cache, or digits drawn by the library",
        HelpName = "DIR",
    };

    private readonly Option<int?> _port = new("--port")
    {
        Description = $"Port to listen on [default: the first free one from {WebSettings.FirstPort} on]",
        HelpName = "N",
    };

    private readonly Option<string?> _listen = new("--listen")
    {
        Description = "Address to listen on. Everyone who reaches it may draw, train and delete [default: 127.0.0.1, this machine alone]",
        HelpName = "ADDRESS",
    };

    public WebCommand()
        : base("A page to draw digits on, and a service that reads them, trains and learns from corrections.")
    {
        _port.Validators.Add(EnsurePort);
        _listen.Validators.Add(EnsureAddress);
        foreach (var option in (Option[])[_state, _model, _data, _port, _listen])
        {
            Add(option);
        }
    }

    /// <summary>What the command line says; call it only where there are no errors.</summary>
    public static WebSettings Read(ParseResult parsed, WebCommand command) => new()
    {
        StateFolder = Path.GetFullPath(parsed.GetValue(command._state) is { Length: > 0 } folder ? folder : WebSettings.DefaultStateFolder),
        ModelPath = parsed.GetValue(command._model),
        DataFolder = parsed.GetValue(command._data),
        Port = parsed.GetValue(command._port),
        Address = parsed.GetValue(command._listen) is { } address ? IPAddress.Parse(address) : IPAddress.Loopback,
    };

    private static void EnsurePort(OptionResult result)
    {
        if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var port) || port is < 1 or > IPEndPoint.MaxPort))
        {
            result.AddError($"--port is '{token.Value}', but must be a number from 1 to {IPEndPoint.MaxPort}.");
        }
    }

    private static void EnsureAddress(OptionResult result)
    {
        if (result.Tokens is [var token] && !IPAddress.TryParse(token.Value, out _))
        {
            result.AddError($"--listen is '{token.Value}', but must be an IP address of this machine, for example 192.168.1.7 or 0.0.0.0.");
        }
    }
}
