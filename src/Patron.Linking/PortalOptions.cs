using Patron.Accounts.Activation;
using Patron.Accounts.Users;
using Patron.Shared.Branding;

namespace Patron.Linking;

/// <summary>Settings of the portal; section <c>Portal</c>. Only role all serves it.</summary>
public sealed class PortalOptions
{
    /// <summary>
    /// The URL of the portal's pages for links in mails, such as <c>https://portal.example.com</c>. Unset: the address the server listens
    /// on.
    /// </summary>
    public string? Url { get; set; }

    public CheckEmailOptions CheckEmail { get; set; } = new();

    public ActivationOptions Activation { get; set; } = new();

    public InvitationOptions Invitations { get; set; } = new();

    public BrandOptions Brand { get; set; } = new();

    /// <summary>Returns a sentence about settings that contradict each other, or null.</summary>
    public string? Contradiction() => this switch
    {
        { Url: { } url } when !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            || uri.Query.Length + uri.Fragment.Length > 0 =>
            "Portal:Url must be the address of the portal's pages, such as https://portal.example.com.",
        _ => Activation.Contradiction() ?? Invitations.Contradiction() ?? Brand.Contradiction(),
    };
}

/// <summary>What <c>check-email</c> reveals about an address to anonymous callers.</summary>
public enum EmailDisclosure
{
    /// <summary>Only whether there is a customer and a password.</summary>
    Masked,

    /// <summary>Nothing: the answer is the same for every address.</summary>
    None,

    /// <summary>Also name and account number, as in source 4.</summary>
    Full,
}

public sealed class CheckEmailOptions
{
    public EmailDisclosure Disclosure { get; set; }
}

/// <summary>How customers get their first password (design.md, 'Activation').</summary>
public enum ActivationMode
{
    /// <summary>By a code or a link that is mailed to them.</summary>
    Code,

    /// <summary>By a mailed link only.</summary>
    Link,

    /// <summary>By code or link, but only after staff have invited them.</summary>
    Invite,

    /// <summary>At once, without proof, exactly as in source 4, for closed networks.</summary>
    Trusting,
}

public sealed class ActivationOptions
{
    /// <summary>The required value of <see cref="TrustEverybody"/>.</summary>
    public const string TrustConfirmation = "I know that whoever types an address first owns the account";

    public ActivationMode Mode { get; set; }

    /// <summary>Confirms mode trusting: that mode requires it, and the other modes refuse it.</summary>
    public string? TrustEverybody { get; set; }

    /// <summary>6 to 8.</summary>
    public int CodeDigits { get; set; } = MailedCodes.MinDigits;

    /// <summary>Minimum time between two requested messages to an address.</summary>
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Maximum number of requests for an address within an hour, known or not.</summary>
    public int StartsPerHour { get; set; } = 10;

    public string? Contradiction() => this switch
    {
        { Mode: ActivationMode.Trusting } when TrustEverybody != TrustConfirmation =>
            $"Portal:Activation:Mode=trusting gives a customer's account to whoever types its address first. If that is meant, set Portal:Activation:TrustEverybody to '{TrustConfirmation}'; else use the mode code, link or invite.",
        { Mode: not ActivationMode.Trusting, TrustEverybody: not null } =>
            "Portal:Activation:TrustEverybody is set, but Portal:Activation:Mode is not trusting; remove one or change the other.",
        { CodeDigits: < MailedCodes.MinDigits or > MailedCodes.MaxDigits } =>
            $"Portal:Activation:CodeDigits must be between {MailedCodes.MinDigits} and {MailedCodes.MaxDigits}.",
        _ when ResendAfter < TimeSpan.Zero || ResendAfter > ActivationChallenge.CodeLifetime =>
            "Portal:Activation:ResendAfter must be between 0 and 10 minutes, the life of a code.",
        { StartsPerHour: < 1 } => "Portal:Activation:StartsPerHour must be at least 1.",
        _ => null,
    };
}

/// <summary>Invitations that staff send to customers without an account.</summary>
public sealed class InvitationOptions
{
    /// <summary>Maximum number of mails within an hour, including reminders.</summary>
    public int PerHour { get; set; } = 300;

    /// <summary>Time between a mail and the next reminder.</summary>
    public TimeSpan RemindAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Maximum number of reminders after an invitation.</summary>
    public int Reminders { get; set; } = 2;

    public string? Contradiction() => this switch
    {
        { PerHour: < 1 } => "Portal:Invitations:PerHour must be at least 1.",
        { Reminders: < 0 or > 5 } => "Portal:Invitations:Reminders must be between 0 and 5.",
        _ when RemindAfter < TimeSpan.FromDays(1) => "Portal:Invitations:RemindAfter must be at least one day (1.00:00:00).",
        _ => null,
    };
}
