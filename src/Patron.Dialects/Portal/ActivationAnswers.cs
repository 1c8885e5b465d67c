using Patron.Customers.Customers;
using Patron.Dialects.Accounts;
using Patron.Linking.Activation;
using Patron.Shared.Text;

namespace Patron.Dialects.Portal;

/// <summary>Source 4, check-email. Name and account number are null for anonymous callers unless the settings say otherwise.</summary>
public sealed record CheckEmailAnswer(bool Success, bool Exists, bool HasPassword, string Message, CheckedEmailAnswer Data)
{
    public static CheckEmailAnswer From(EmailCheck check) => new(
        true, check.Exists, check.HasPassword, MessageFor(check),
        new CheckedEmailAnswer(check.Name, check.Email, check.AccountNumber, check.FromOdoo));

    private static string MessageFor(EmailCheck check) => check switch
    {
        { Exists: false } => "We don't know this email address. Create an account, or contact us.",
        { HasPassword: true } => "You've already set a password. Please sign in.",
        _ => "Account found. Set your password to continue.",
    };
}

public sealed record CheckedEmailAnswer(string? Name, string Email, string? AccountNumber, bool FromOdoo);

/// <summary>A customer as the portal shows it (source 4).</summary>
public sealed record PortalCustomerAnswer(long Id, string Name, string? Email, string AccountNumber, string? Phone, string Type)
{
    public static PortalCustomerAnswer From(Customer customer) => new(
        customer.Id, customer.FullName, customer.Email, customer.AccountNumber, customer.Phone ?? customer.Mobile,
        EnumNames<CustomerType>.Of(customer.CustomerType));
}

/// <summary>Source 4, quick-setup: the account is activated and signed in.</summary>
public sealed record ActivatedAnswer(bool Success, string Message, ActivatedDataAnswer Data, TokensAnswer Tokens)
{
    public static ActivatedAnswer From(Activated activated)
    {
        var tokens = activated.SignedIn.Tokens;
        return new ActivatedAnswer(
            true, "Welcome! Your account is now active.",
            new ActivatedDataAnswer(PortalCustomerAnswer.From(activated.Customer), tokens.Access, "Bearer"),
            new TokensAnswer(tokens.Access, tokens.Refresh));
    }
}

public sealed record ActivatedDataAnswer(PortalCustomerAnswer Customer, string AccessToken, string TokenType);

/// <summary>The answer to the first step, the same for every address. Times are in seconds.</summary>
public sealed record CodeRequiredAnswer(bool Success, string Message, string Status, Guid ChallengeId, int ExpiresIn, int ResendAfter)
{
    public static CodeRequiredAnswer From(StartedActivation started) => new(
        true, "If this address belongs to a customer, we've sent an email with a code to it. Send the code to finish.",
        "code_required", started.ChallengeId, (int)started.ExpiresIn.TotalSeconds, (int)started.ResendAfter.TotalSeconds);
}

/// <summary>An answer with a message only.</summary>
public sealed record PortalMessageAnswer(bool Success, string Message);
