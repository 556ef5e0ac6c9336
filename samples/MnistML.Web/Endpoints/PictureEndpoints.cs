using MnistML.Samples.Explanation;
using MnistML.Web.Data;
using MnistML.Web.Explanation;
using MnistML.Web.Models;
using MnistML.Web.Service;

namespace MnistML.Web.Endpoints;

/// <summary>Answers for pictures, and explains answers.</summary>
internal static class PictureEndpoints
{
    private static readonly string[] MoreTypes = ["image/jpeg", "image/gif", "image/bmp", "image/webp", "application/octet-stream"];

    public static void MapPictures(this RouteGroupBuilder api)
    {
        api.MapPost("/predict", PredictAsync)
            .WithTags("Pictures")
            .WithSummary("Finds the digits in a picture and gives the probabilities of each class.")
            .WithDescription("The body is the file of a picture: PNG, JPEG, GIF, BMP or WebP, dark on light or light on dark.")
            .Accepts<Stream>("image/png", MoreTypes)
            .Produces<PictureAnswer>()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPost("/explain", ExplainAsync)
            .WithTags("Pictures")
            .WithSummary("Writes out logits, softmax and cross-entropy of a digit, and which pixels spoke for a class.")
            .Produces<Explanation>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> PredictAsync(
        HttpContext context, ModelHolder models, ScoringGate gate, PictureAnswers answers, Limits limits, ServiceMetrics metrics,
        CancellationToken cancellationToken)
    {
        if (await RequestBody.ReadAsync(context, limits, cancellationToken) is not { } picture)
        {
            return Problems.TooLarge(limits);
        }

        if (models.Current is not { } model)
        {
            return Problems.NotReady();
        }

        if (picture.Length == 0)
        {
            return Problems.BadRequest("The body is empty, but must be the file of a picture.");
        }

        return await gate.RunAsync(
            () =>
            {
                try
                {
                    return Results.Ok(answers.Answer(model, picture, cancellationToken));
                }
                catch (InvalidDataException unreadable)
                {
                    return Problems.Unreadable(unreadable.Message);
                }
            },
            metrics,
            cancellationToken);
    }

    private static async Task<IResult> ExplainAsync(
        ExplanationRequest request, ModelHolder models, ScoringGate gate, ServiceMetrics metrics, CancellationToken cancellationToken)
    {
        if (models.Current is not { } model)
        {
            return Problems.NotReady();
        }

        if (request.Pixels.Length != DigitSet.PixelCount)
        {
            return Problems.WrongPixelCount(request.Pixels.Length);
        }

        var classCount = model.ClassNames.Count;
        foreach (var label in (int[])[request.Label, request.Against ?? request.Label])
        {
            if (label < 0 || label >= classCount)
            {
                return Problems.WrongLabel(label, classCount);
            }
        }

        if (!PixelEvidence.CanExplain(model.Network.Model))
        {
            return Problems.Conflict("The model in use encodes its features. Only networks that read the pixels can be written out.");
        }

        return await gate.RunAsync(() => Results.Ok(Explain(model, request)), metrics, cancellationToken);
    }

    private static Explanation Explain(LiveModel model, ExplanationRequest request)
    {
        float[] features = [.. request.Pixels.Select(pixel => pixel / (float)byte.MaxValue)];
        var parameters = model.Network.Model;
        var steps = new LossSteps(ForwardPass.Logits(parameters, features), request.Label);
        var against = request.Against ?? steps.Logits.Index()
            .Where(logit => logit.Index != request.Label).MaxBy(logit => logit.Item).Index;
        var evidence = PixelEvidence.Compute(parameters, features, request.Label, against);
        return new Explanation
        {
            ClassNames = model.ClassNames,
            Label = request.Label,
            Against = against,
            Networks = parameters.Members.Count,
            Logits = steps.Logits,
            Largest = steps.Largest,
            Powers = steps.Powers,
            PowerSum = steps.PowerSum,
            Probabilities = steps.Probabilities,
            Loss = steps.Loss,
            Evidence = evidence,
            Rest = steps.Logits[request.Label] - steps.Logits[against] - evidence.Sum(),
        };
    }
}

/// <summary>A digit to explain.</summary>
/// <param name="Pixels">28 × 28 bytes, row by row, in base 64, as an answer has them.</param>
/// <param name="Label">The zero-based class that the user names.</param>
/// <param name="Against">The class to compare it with; null for the most probable other one.</param>
internal sealed record ExplanationRequest(byte[] Pixels, int Label, int? Against = null);

/// <summary>How an answer comes about, step by step.</summary>
internal sealed record Explanation
{
    public required IReadOnlyList<string> ClassNames { get; init; }

    public required int Label { get; init; }

    /// <summary>The class that pixels may speak for instead.</summary>
    public required int Against { get; init; }

    /// <summary>Networks in the model. With several, the logits are the logarithms of the mean of their probabilities.</summary>
    public required int Networks { get; init; }

    /// <summary>The outputs of the last layer, z.</summary>
    public required IReadOnlyList<double> Logits { get; init; }

    /// <summary>The largest logit.</summary>
    public required double Largest { get; init; }

    /// <summary>e to the power of each logit less the largest.</summary>
    public required IReadOnlyList<double> Powers { get; init; }

    public required double PowerSum { get; init; }

    /// <summary>The softmax: the powers as shares of their sum.</summary>
    public required IReadOnlyList<double> Probabilities { get; init; }

    /// <summary>The cross-entropy: -ln of the label's probability, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>For each pixel, its value times the gradient of the label's logit less the other one.</summary>
    public required IReadOnlyList<double> Evidence { get; init; }

    /// <summary>What of that difference of logits no pixel explains: what the biases add, and what is not linear.</summary>
    public required double Rest { get; init; }
}
