using System.Text.Json.Serialization;
using Patron.Accounts.SigningKeys;
using Patron.Dialects.OpenApi;
using Patron.Shared;
using Patron.Shared.Tokens;
using Patron.Web.Http;

namespace Patron.Hosting;

/// <summary>Endpoints for infrastructure: liveness, readiness, health and the public signing keys.</summary>
internal static class Probes
{
    private const string HealthExample =
        """{"status": "ok", "version": "0.1.0", "role": "all", "checks": {"database": "ok", "mail": "ok", "odoo": "ok", "sync": "ok", "backup": "ok"}, "last_sync": {"run": 12, "state": "succeeded", "finished_at": "2026-11-21T02:00:05Z"}, "backup": {"taken_at": "2026-11-21T03:00:04Z", "wal_delay": 0.2, "proved_at": "2026-11-20T09:12:44Z", "is_proved": true}}""";

    private const string KeySetExample = """
        {"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", "kid": "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s", "use": "sig", "alg": "ES256"}]}
        """;

    public static void MapProbes(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").WithTags("Operations").AllowAnonymous().AvailableDuringStart();
        health.MapGet("/live", () => TypedResults.Ok(new AliveAnswer("ok")))
            .Describe("live", "Check if the process runs", "Answers as long as the process responds.")
            .Answers<AliveAnswer>(200, "It does.", """{"status": "ok"}""");
        health.MapGet("/ready", ReadyAsync)
            .Describe(
                "ready", "Check if requests can be served",
                "Degraded (mail or ERP away) is ready; without the database, where it takes no writes, or before the start is done, it is 503. It answers within 2.5 seconds.")
            .Answers<HealthAnswer>(200, "They can.", HealthExample)
            .Answers<HealthAnswer>(
                503, "Not now; checks says why.",
                """{"status": "away", "version": "0.1.0", "role": "all", "checks": {"database": "away"}, "last_sync": null, "backup": null}""");
        health.MapGet(
            "", async (Health state, CancellationToken cancellationToken) => TypedResults.Ok(await state.CheckAsync(cancellationToken)))
            .Describe("health", "Get the state of the service", "The state of the database, mail, ERP and sync, for monitoring.")
            .Answers<HealthAnswer>(200, "The state, good or bad.", HealthExample);
    }

    public static void MapKeySet(this IEndpointRouteBuilder app) =>
        app.MapGet(KeySet.Path, KeySetAsync).WithTags("Operations").AllowAnonymous().ServedBy(ProcessRole.All, ProcessRole.Accounts)
            .Describe(
                "key_set", "Get the public keys of access tokens",
                "With them anybody can verify a token (RFC 7517). A new key is published before it signs.")
            .Answers<KeySetAnswer>(200, "The key set.", KeySetExample)
            .Fails(503);

    private static async Task<IResult> ReadyAsync(Health state, CancellationToken cancellationToken)
    {
        var answer = await state.CheckAsync(cancellationToken);
        return TypedResults.Json(
            answer, HostJson.Default.HealthAnswer,
            statusCode: Health.IsReady(answer) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> KeySetAsync(SigningKeyRing keys, HttpContext http, CancellationToken cancellationToken)
    {
        var published = await keys.PublishedAsync(cancellationToken);
        http.Response.Headers.CacheControl = "public, max-age=300";
        var answers = published.Select(key => new PublicKeyAnswer(key.Kty, key.Crv, key.X, key.Y, key.Kid, key.Use, key.Alg));
        return TypedResults.Json(new KeySetAnswer([.. answers]), HostJson.Default.KeySetAnswer, "application/json");
    }
}

internal sealed record AliveAnswer(string Status);

/// <summary>A JSON Web Key Set (RFC 7517).</summary>
internal sealed record KeySetAnswer(IReadOnlyList<PublicKeyAnswer> Keys);

internal sealed record PublicKeyAnswer(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AliveAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(KeySetAnswer))]
internal sealed partial class HostJson : JsonSerializerContext;
