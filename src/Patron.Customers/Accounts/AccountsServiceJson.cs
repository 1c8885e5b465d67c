using System.Text.Json.Serialization;

namespace Patron.Customers.Accounts;

/// <summary>What the accounts service is asked: accounts by their ids or by their addresses (POST /api/auth/accounts/lookup/).</summary>
internal sealed record AccountsWanted
{
    public IReadOnlyCollection<Guid>? Ids { get; init; }

    public IReadOnlyCollection<string>? Emails { get; init; }
}

/// <summary>An account as it answers. A field that is missing, or null where there must be something, makes the whole answer nonsense.</summary>
internal sealed record AccountFound(
    Guid Id, string Email, bool EmailVerified, string FirstName, string LastName, string? PhoneNumber, DateTimeOffset? TakenOverAt)
{
    public Account ToAccount() => new(Id, Email, EmailVerified, FirstName, LastName, PhoneNumber) { TakenOverAt = TakenOverAt };
}

internal sealed record AccountsFound(IReadOnlyList<AccountFound?> Results);

/// <summary>The ids that a search answers (POST /api/auth/accounts/search/).</summary>
internal sealed record AccountsMatched(IReadOnlyList<Guid> Ids);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccountsWanted))]
[JsonSerializable(typeof(AccountCriteria))]
[JsonSerializable(typeof(AccountsFound))]
[JsonSerializable(typeof(AccountsMatched))]
internal sealed partial class AccountsServiceJson : JsonSerializerContext;
