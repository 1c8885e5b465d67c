using Patron.Accounts.Activation;

namespace Patron.Linking;

/// <summary>Settings of the portal; section <c>Portal</c>. Only the role all serves it.</summary>
public sealed class PortalOptions
{
    /// <summary>Where people reach the pages, such as <c>https://portal.example.com</c>: what links in mails begin with. Unset: where the server listens.</summary>
    public string? Url { get; set; }

    public CheckEmailOptions CheckEmail { get; set; } = new();

    public ActivationOptions Activation { get; set; } = new();

    public InvitationOptions Invitations { get; set; } = new();

    /// <summary>What contradicts itself in these settings, as a sentence; null when nothing does.</summary>
    public string? Contradiction() => this switch
    {
        { Url: { } url } when !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length + uri.Fragment.Length > 0 =>
            "Portal:Url must be the address of the portal's pages, such as https://portal.example.com.",
        _ => Activation.Contradiction() ?? Invitations.Contradiction(),
    };
}

/// <summary>What <c>check-email</c> tells strangers of an address.</summary>
public enum EmailDisclosure
{
    /// <summary>Whether there is a customer and a password, and nothing else.</summary>
    Masked,

    /// <summary>Nothing: every address gets the same answer.</summary>
    None,

    /// <summary>Name and account number too, as source 4 prints it.</summary>
    Full,
}

public sealed class CheckEmailOptions
{
    public EmailDisclosure Disclosure { get; set; }
}

/// <summary>How customers get their first password (design.md, 'Activation').</summary>
public enum ActivationMode
{
    /// <summary>By a code or a link that goes to their mailbox.</summary>
    Code,

    /// <summary>By the link only.</summary>
    Link,

    /// <summary>By code or link, and only after staff have invited them.</summary>
    Invite,

    /// <summary>At once, without proof: source 4 to the letter, for closed networks.</summary>
    Trusting,
}

public sealed class ActivationOptions
{
    /// <summary>What has to be written to let go of proof.</summary>
    public const string Understood = "I know that whoever types an address first owns the account";

    public ActivationMode Mode { get; set; }

    /// <summary>Spells out what mode trusting means; that mode asks for it, and no other takes it.</summary>
    public string? TrustEverybody { get; set; }

    /// <summary>6 to 8.</summary>
    public int CodeDigits { get; set; } = ActivationCodes.LeastDigits;

    /// <summary>How long an address waits between two messages that somebody asks for.</summary>
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often one address can be typed within an hour, known or not.</summary>
    public int StartsPerHour { get; set; } = 10;

    public string? Contradiction() => this switch
    {
        { Mode: ActivationMode.Trusting } when TrustEverybody != Understood =>
            $"Portal:Activation:Mode=trusting gives a customer's account to whoever types its address first. If that is meant, set Portal:Activation:TrustEverybody to '{Understood}'; else use the mode code, link or invite.",
        { Mode: not ActivationMode.Trusting, TrustEverybody: not null } =>
            "Portal:Activation:TrustEverybody is set, but Portal:Activation:Mode is not trusting; remove one or change the other.",
        { CodeDigits: < ActivationCodes.LeastDigits or > ActivationCodes.MostDigits } =>
            $"Portal:Activation:CodeDigits must be between {ActivationCodes.LeastDigits} and {ActivationCodes.MostDigits}.",
        _ when ResendAfter < TimeSpan.Zero || ResendAfter > ActivationChallenge.CodeLife => "Portal:Activation:ResendAfter must be between 0 and 10 minutes, the life of a code.",
        { StartsPerHour: < 1 } => "Portal:Activation:StartsPerHour must be at least 1.",
        _ => null,
    };
}

/// <summary>Invitations that staff send to customers without an account.</summary>
public sealed class InvitationOptions
{
    /// <summary>How many mails go within an hour, reminders included.</summary>
    public int PerHour { get; set; } = 300;

    /// <summary>How long after a mail the next one goes to who has not come.</summary>
    public TimeSpan RemindAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many reminders follow an invitation at most.</summary>
    public int Reminders { get; set; } = 2;

    public string? Contradiction() => this switch
    {
        { PerHour: < 1 } => "Portal:Invitations:PerHour must be at least 1.",
        { Reminders: < 0 or > 5 } => "Portal:Invitations:Reminders must be between 0 and 5.",
        _ when RemindAfter < TimeSpan.FromDays(1) => "Portal:Invitations:RemindAfter must be at least one day (1.00:00:00).",
        _ => null,
    };
}
