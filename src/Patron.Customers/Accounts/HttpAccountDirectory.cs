using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Accounts;

/// <summary>
/// Accounts of a separate service, read with the caller's own token for the organization they act in: that service decides what they may
/// see. Unavailable, slow or invalid answers become a 503 within <see cref="Timeout"/>. Nothing is cached, so changes are visible at the
/// next call. Linked rows hold no copies here.
/// </summary>
public sealed partial class HttpAccountDirectory : IAccountDirectory
{
    private const int BatchSize = 1000;
    private const int MaxResponseLength = 4 * 1024 * 1024;

    private static readonly Error SeparateAccounts = Error.Invalid(
        "others", "Two of these customers have an account, and the accounts are another service. Close one of them there first.");

    private static readonly Error Unavailable = new(
        ErrorKind.Unavailable, "accounts_unavailable", "The accounts service can't be reached right now. Nothing was changed. Try again in a few seconds.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    private static readonly Error SignInAgain = Error.Unauthenticated(
        "token_invalid", "The accounts service doesn't accept this access token. Refresh it or sign in again.");
    private static readonly Error NotAllowed = Error.Forbidden("forbidden", "The accounts service doesn't let you look up these people.");
    private static readonly Error NoOrganization = Error.NotFound(
        "organization_not_found", "You don't belong to an organization that the accounts service knows by this UUID.");
    private static readonly Error TooMany = Error.Invalid("query", $"More than {BatchSize} people match. Narrow your search.");

    private readonly HttpClient http;
    private readonly Uri lookupUrl;
    private readonly Uri searchUrl;
    private readonly PhoneNumberParser phones;
    private readonly TimeProvider time;
    private readonly ILogger<HttpAccountDirectory> logger;

    /// <param name="http">Its handler should follow no redirects: the token is for this address and no other.</param>
    /// <param name="baseUrl">The service's address, with or without a slash at its end.</param>
    public HttpAccountDirectory(
        HttpClient http, Uri baseUrl, PhoneNumberParser phones, TimeProvider time, ILogger<HttpAccountDirectory> logger)
    {
        var accounts = baseUrl.AbsoluteUri.TrimEnd('/') + "/api/auth/accounts/";
        (this.http, this.phones, this.time, this.logger) = (http, phones, time, logger);
        (lookupUrl, searchUrl) = (new Uri(accounts + "lookup/"), new Uri(accounts + "search/"));
    }

    /// <summary>The longest time that one request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    public bool KeepsCopies => false;

    public async Task<Result<Account>> OwnAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } id)
        {
            return Account.NoAccount;
        }

        var found = await ReadAsync(caller, [id], cancellationToken);
        if (!found.Succeeded(out var accounts, out var error))
        {
            return error;
        }

        return accounts.Count == 1 ? accounts[0] : Account.NoAccount;
    }

    public Task<Result<IReadOnlyList<Account>>> ReadAsync(
        Caller caller, IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        LookUpAsync(
            caller, userIds.ToHashSet(), ids => new AccountsLookupRequest { Ids = ids },
            (requested, account) => requested.Contains(account.UserId), cancellationToken);

    public Task<Result<IReadOnlyList<Account>>> FindByEmailAsync(
        Caller caller, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) =>
        LookUpAsync(
            caller, emailKeys.ToHashSet(StringComparer.Ordinal), keys => new AccountsLookupRequest { Emails = keys },
            (requested, account) => EmailAddress.TryParse(account.Email,
                out var address) && requested.Contains(address.Key), cancellationToken);

    public async Task<Result<IReadOnlyList<Guid>>> MatchAsync(Caller caller, AccountCriteria criteria, CancellationToken cancellationToken)
    {
        var response = await PostAsync(
            caller, searchUrl, JsonContent.Create(criteria, AccountsServiceJson.Default.AccountCriteria),
            AccountsServiceJson.Default.AccountsSearchResponse, cancellationToken);
        if (!response.Succeeded(out var matched, out var error))
        {
            return error;
        }

        return matched.Ids.Count > BatchSize ? TooMany : ToResult(matched.Ids);
    }

    private async Task<Result<IReadOnlyList<Account>>> LookUpAsync<T>(
        Caller caller, HashSet<T> keys, Func<T[], AccountsLookupRequest> createRequest, Func<HashSet<T>, Account, bool> isRequested,
        CancellationToken cancellationToken)
    {
        var found = new List<Account>(keys.Count);
        foreach (var batch in keys.Chunk(BatchSize))
        {
            var content = JsonContent.Create(createRequest(batch), AccountsServiceJson.Default.AccountsLookupRequest);
            var response = await PostAsync(
                caller, lookupUrl, content, AccountsServiceJson.Default.AccountsLookupResponse, cancellationToken);
            if (!response.Succeeded(out var accounts, out var error))
            {
                return error;
            }

            foreach (var account in accounts.Results)
            {
                if (account is null)
                {
                    return Failed("an account is null");
                }

                found.Add(account.ToAccount() with { PhoneE164 = phones.ToE164(account.PhoneNumber) });
            }
        }

        return found.Where(account => isRequested(keys, account)).DistinctBy(account => account.UserId).ToList();
    }

    public Task LockAsync(IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<Error?> RetireAsync(Caller caller, Guid losing, Guid keeping, bool isPreview, CancellationToken cancellationToken) =>
        Task.FromResult<Error?>(SeparateAccounts);

    public Task ReviveAsync(Caller caller, Guid userId, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<Result<T>> PostAsync<T>(
        Caller caller, Uri address, HttpContent content, JsonTypeInfo<T> responseType, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.Authorization = caller.Token is { } token ? new AuthenticationHeaderValue("Bearer", token.Reveal()) : null;
        if (CanNameOrganization(caller))
        {
            request.Headers.Add(ActingOrganization.Header, caller.OrganizationId.ToString());
        }

        try
        {
            using var timeout = new CancellationTokenSource(Timeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return Refusal(response);
            }

            await response.Content.LoadIntoBufferAsync(MaxResponseLength, linked.Token);
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(linked.Token), responseType) is { } value
                ? value
                : Failed("it says null");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Every failure of the server is reported as unavailable. Exception messages may contain the URL or personal data, so only the
            // kind of failure is logged.
            return Failed(exception is HttpRequestException failure ? $"{failure.HttpRequestError}" : exception.GetType().Name);
        }
    }

    // The accounts service accepts the header from members, admins and keys. All others act in the same organization without it.
    private static bool CanNameOrganization(Caller caller) =>
        caller.IsAdmin || caller.Key is not null
            || caller.Memberships.Any(membership => membership.OrganizationId == caller.OrganizationId);

    private Error Refusal(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized => SignInAgain,
        HttpStatusCode.Forbidden => NotAllowed,
        HttpStatusCode.NotFound when response.Content.Headers.ContentType?.MediaType == "application/problem+json" => NoOrganization,
        HttpStatusCode.UnprocessableEntity => TooMany,
        var status => Failed($"status {(int)status}"),
    };

    private Error Failed(string reason)
    {
        LogLookupFailed(reason);
        return Unavailable;
    }

    private static Result<IReadOnlyList<Guid>> ToResult(IReadOnlyList<Guid> ids) => ids.ToList();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account lookup failed: {Reason}")]
    private partial void LogLookupFailed(string reason);
}

/// <summary>A lookup of accounts by ids or by addresses (POST /api/auth/accounts/lookup/).</summary>
internal sealed record AccountsLookupRequest
{
    public IReadOnlyCollection<Guid>? Ids { get; init; }

    public IReadOnlyCollection<string>? Emails { get; init; }
}

/// <summary>An account of an answer. A missing or unexpectedly null member makes the whole answer invalid.</summary>
internal sealed record AccountResponse(
    Guid Id, string Email, bool EmailVerified, string FirstName, string LastName, string? PhoneNumber, DateTimeOffset? TakenOverAt,
    string? Language = null)
{
    public Account ToAccount() =>
        new(Id, Email, EmailVerified, FirstName, LastName, PhoneNumber) { TakenOverAt = TakenOverAt, Language = Language };
}

internal sealed record AccountsLookupResponse(IReadOnlyList<AccountResponse?> Results);

/// <summary>The ids that a search found (POST /api/auth/accounts/search/).</summary>
internal sealed record AccountsSearchResponse(IReadOnlyList<Guid> Ids);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccountsLookupRequest))]
[JsonSerializable(typeof(AccountCriteria))]
[JsonSerializable(typeof(AccountsLookupResponse))]
[JsonSerializable(typeof(AccountsSearchResponse))]
internal sealed partial class AccountsServiceJson : JsonSerializerContext;
