namespace Patron.Shared.Mail;

/// <summary>How mail leaves: by SMTP where a host is set, else as <c>.eml</c> files in a folder.</summary>
public sealed class MailOptions
{
    /// <summary>SMTP server; without one, messages become files.</summary>
    public string? Host { get; set; }

    public int Port { get; set; } = 587;

    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>Encrypts by STARTTLS; switch it off only for a server on this machine.</summary>
    public bool StartTls { get; set; } = true;

    public string From { get; set; } = "patron@localhost";

    /// <summary>Where <c>.eml</c> files go; the data folder's <c>mail</c> unless set.</summary>
    public string Folder { get; set; } = "mail";

    /// <summary>What contradicts itself in these settings, as a sentence; null when nothing does.</summary>
    public string? Contradiction() => this switch
    {
        { Host: null, User: not null } => "Mail:User is set but Mail:Host is not; set the SMTP server's name or remove the user.",
        { User: not null, Password: null } => "Mail:User is set but Mail:Password is not.",
        { Port: < 1 or > 65535 } => "Mail:Port must be between 1 and 65535.",
        _ when !System.Net.Mail.MailAddress.TryCreate(From, out _) => "Mail:From must be an e-mail address.",
        _ => null,
    };
}
