using System.CommandLine;
using MnistML.Samples.Commands;
using Spectre.Console;

namespace MnistML.Samples;

/// <summary>Trains a neural network on handwritten digits, and evaluates it, with ML.NET.</summary>
internal static class Program
{
    private const int Success = 0;
    private const int UserError = 1;
    private const int InternalError = 2;
    private const int Interrupted = 130;

    /// <summary>What is read by other programs is not to be wrapped at the width of a screen.</summary>
    private const int WidthOfFiles = 1_000;

    public static async Task<int> Main(string[] arguments)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
        }

        var verbose = new Option<bool>("--verbose") { Description = "Show the stack trace of an error", Recursive = true };
        var train = new TrainCommand(AnsiConsole.Console);
        var root = new RootCommand("Trains a multi-layer perceptron on MNIST in an ML.NET pipeline. Without a command: train.")
        {
            verbose,
            train.CreateCommand(),
            new EvaluateCommand(AnsiConsole.Console).CreateCommand(),
            new ShowCommand(AnsiConsole.Console).CreateCommand(),
            new ExplainCommand(AnsiConsole.Console).CreateCommand(),
            new PredictCommand(AnsiConsole.Console).CreateCommand(),
        };
        train.Attach(root);

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return Fail(UserError, OneLine(string.Join(" ", parsed.Errors.Select(error => error.Message))) + " Run with --help for the options.");
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false) == Success
                ? Success
                : InternalError;
        }
        catch (OperationCanceledException exception)
        {
            return Fail(Interrupted, exception is TrainingInterruptedException ? exception.Message : "Interrupted; nothing was saved.");
        }
        catch (Exception exception)
        {
            var isUserError = exception is IOException or InvalidDataException or UnauthorizedAccessException or HttpRequestException or ArgumentException or DllNotFoundException;
            return Fail(isUserError ? UserError : InternalError, parsed.GetValue(verbose) ? exception.ToString() : OneLine(exception.Message));
        }
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }

    private static string OneLine(string message) =>
        string.Join(' ', message.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
