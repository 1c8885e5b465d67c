using System.Net;
using System.Text;
using MimeKit;

namespace Patron.Shared.Mail;

/// <summary>How the connection to the mail server is encrypted.</summary>
public enum MailSecurity
{
    /// <summary>TLS from the first byte on port 465, STARTTLS on every other port.</summary>
    Auto,

    /// <summary>A plain connection that must be encrypted before anything is sent.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>No encryption: only for a server on this machine or in a trusted network.</summary>
    None,
}

/// <summary>Settings of outgoing mail: SMTP if a host is set, else <c>.eml</c> files in a folder.</summary>
public sealed class MailOptions
{
    /// <summary>The SMTP server. If it is not set, messages are written to files.</summary>
    public string? Host { get; set; }

    public int Port { get; set; } = 587;

    public MailSecurity Security { get; set; }

    /// <summary>Replaced by <see cref="Security"/>. It exists only to report that it was replaced.</summary>
    public bool? StartTls { get; set; }

    /// <summary>A PEM file with the certificate authorities trusted for the server; the system's if it is not set.</summary>
    public string? CaFile { get; set; }

    public string? User { get; set; }

    public string? Password { get; set; }

    public string From { get; set; } = "patron@localhost";

    /// <summary>The folder for <c>.eml</c> files; <c>mail</c> in the data folder if it is not set.</summary>
    public string Folder { get; set; } = "mail";

    /// <summary>The first contradiction in these settings, as a sentence; null if there is none.</summary>
    public string? Contradiction() => this switch
    {
        { StartTls: true } => "Mail:StartTls has been replaced by Mail:Security: remove it.",
        { StartTls: false } => "Mail:StartTls has been replaced by Mail:Security: remove it and set Mail:Security to none.",
        { Host: null, User: not null } => "Mail:User is set but Mail:Host is not; set the SMTP server's name or remove the user.",
        { User: not null, Password: null } => "Mail:User is set but Mail:Password is not.",
        { Port: < 1 or > 65535 } => "Mail:Port must be between 1 and 65535.",
        { Security: MailSecurity.None, User: not null, Host: { } host } when !IsThisMachine(host) =>
            "Mail:Security is none, which would send Mail:Password unencrypted: set it to starttls or tls, or remove the user.",
        { Security: MailSecurity.None, CaFile: not null } => "Mail:CaFile is set but Mail:Security is none; remove one of them.",
        { CaFile: { } file } when !File.Exists(file) => $"Mail:CaFile names {file}, which is no file.",
        _ when !IsSender(From) => "Mail:From must be an email address, with ASCII letters only before the @.",
        _ => null,
    };

    private static bool IsSender(string from) =>
        MailboxAddress.TryParse(from, out var mailbox) && mailbox.Domain.Length > 0 && Ascii.IsValid(mailbox.GetAddress(idnEncode: true));

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
