using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Patron.Accounts;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Shared.Results;

namespace Patron.UnitTests.Accounts;

public class ForeignHashTests
{
    private const string Django = "pbkdf2_sha256$1200$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYppw=";
    private const string Bcrypt = "$2b$04$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS";
    private const string Passlib = "$pbkdf2-sha512$350$8PHy8/T19vf4.fr7/P3./w$gXROiE6gd0N5zfeoq5YPGETfQopAJkrNcRgJrk0CV/7s64ub4iysfdtzZgX/ypAi6f5YANGvOne9HCuVtVJUIw";
    private const string IdentityOld = "APDx8vP09fb3+Pn6+/z9/v9U5SR7USCljWSOmfm0maw53BWzcQsZQl+ZoAj5I2huHg==";
    private const string Identity = "AQAAAAEAACcQAAAAEPDx8vP09fb3+Pn6+/z9/v+PET3NdOIaYY/nfTbaFtD+nnizMJclxMVpLB/f3oKk9Q==";
    private const string SeventyTwoBytes = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>
    /// Published examples (PHP's manual, Laravel's user factory, Openwall's test vectors, hashcat's list), and hashes computed by Python's
    /// hashlib.
    /// </summary>
    public static TheoryData<string, string> KnownAnswers => new()
    {
        { "hashcat", "pbkdf2_sha256$20000$H0dPx8NeajVu$GiC4k5kqbbR9qWBlsRgDywNqC2vd9kqfk7zdorEnNas=" },
        { "rasmuslerdorf", Django },
        { "Pässwörd ½", "pbkdf2_sha256$600000$NaCl$WB7MT7gtN/kpPbZWk3CVbmvsaNJoWKX53RVjLxkh8pM=" },
        { "short", "pbkdf2_sha256$10$lig$e9T85HTzheugoEB1mC1tTmOaILziRxOmZsjx4mjWyWs=" },
        { "hashcat", "$pbkdf2-sha512$25000$LyWE0HrP2RsjZCxlDGFMKQ$1vC5Ohk2mCS9b6akqsEfgeb4l74SF8XjH.SljXf3dMLHdlY1GK9ojcCKts6/asR4aPqBmk74nCDddU3tvSCJvw" },
        { "rasmuslerdorf", Passlib },
        { "rasmuslerdorf", "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq" },
        { "rasmuslerdorf", "$2a$07$usesomesillystringfore2uDLvp1Ii2e./U9C8sBjqp8I90dH6hi" },
        { "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
        { "Pässwörd", Bcrypt },
        { "password", "$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi" },
        { "rasmuslerdorf", IdentityOld },
        { "rasmuslerdorf", "AQAAAAAAAAPoAAAAEPDx8vP09fb3+Pn6+/z9/v9U5SR7USCljWSOmfm0maw53BWzcQsZQl+ZoAj5I2huHg==" },
        { "rasmuslerdorf", Identity },
        { "rasmuslerdorf", "AQAAAAIAAYagAAAAEPDx8vP09fb3+Pn6+/z9/v8z2hqRn+zu5aqwhzxo8L7cPaXwxIeD38cdr0wNB2dBlg==" },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void A_known_hash_matches_only_its_password(string password, string hash)
    {
        Assert.True(ForeignHash.Read(hash).Value.Fits(password));
        Assert.False(ForeignHash.Read(hash).Value.Fits(password + " "));
        Assert.False(ForeignHash.Read(hash).Value.Fits(password.ToUpperInvariant().Replace("U*U", "u*u", StringComparison.Ordinal)));
        Assert.False(ForeignHash.Read(hash).Value.Fits(""));
    }

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void The_hasher_accepts_every_format_and_asks_for_a_new_hash(string password, string hash)
    {
        Assert.Equal(PasswordVerificationResult.SuccessRehashNeeded, Verify(hash, password));
        Assert.Equal(PasswordVerificationResult.Failed, Verify(hash, "not the password"));
    }

    [Fact]
    public void Our_own_hash_is_not_renewed()
    {
        var hash = Hasher().HashPassword(null!, "correct horse");
        Assert.StartsWith("AQAAAA", hash, StringComparison.Ordinal);
        Assert.Equal(PasswordVerificationResult.Success, Verify(hash, "correct horse"));
    }

    [Fact]
    public void Bcrypt_uses_only_the_first_72_bytes()
    {
        var hash = ForeignHash.Read("$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui").Value;
        Assert.True(hash.Fits(SeventyTwoBytes + "chars after 72 are ignored"));
        Assert.True(hash.Fits(SeventyTwoBytes));
        Assert.False(hash.Fits(SeventyTwoBytes[..71]));
    }

    [Theory]
    [InlineData("Pässwörd\0and more")]
    [InlineData("Pässwörd\0Pässwörd")]
    [InlineData("Pässwörd\0")]
    [InlineData("P\ud800ssw")]
    [InlineData("\udc00")]
    public void A_password_with_a_NUL_or_half_a_surrogate_pair_matches_no_bcrypt_hash(string password) =>
        Assert.False(ForeignHash.Read(Bcrypt).Value.Fits(password));

    [Theory]
    [InlineData("pbkdf2_sha256$2000000$lig$ZhGDNiRTyxu3L23karKXiRh9rFKWzcYBsY4yrqReVkA=", true)]
    [InlineData("pbkdf2_sha256$2000001$lig$ZhGDNiRTyxu3L23karKXiRh9rFKWzcYBsY4yrqReVkA=", false)]
    [InlineData("pbkdf2_sha256$99999999999999999999$lig$ZhGDNiRTyxu3L23karKXiRh9rFKWzcYBsY4yrqReVkA=", false)]
    [InlineData("$pbkdf2-sha512$2000001$8PHy8/T19vf4.fr7/P3./w$gXROiE6gd0N5zfeoq5YPGETfQopAJkrNcRgJrk0CV/7s64ub4iysfdtzZgX/ypAi6f5YANGvOne9HCuVtVJUIw", false)]
    [InlineData("$2b$14$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS", true)]
    [InlineData("$2b$15$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS", false)]
    [InlineData("$2b$31$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS", false)]
    [InlineData("AQAAAAEAHoSAAAAAEPDx8vP09fb3+Pn6+/z9/v9+mpDxbb+nIJJ+fW30l1DAPss4pdjaVZpOfrIaTLhm4A==", true)]
    [InlineData("AQAAAAEAHoSBAAAAEPDx8vP09fb3+Pn6+/z9/v9+mpDxbb+nIJJ+fW30l1DAPss4pdjaVZpOfrIaTLhm4A==", false)]
    [InlineData("AQAAAAH/////AAAAEPDx8vP09fb3+Pn6+/z9/v9+mpDxbb+nIJJ+fW30l1DAPss4pdjaVZpOfrIaTLhm4A==", false)]
    public void A_too_costly_hash_is_refused_before_it_is_computed(string hash, bool isTaken)
    {
        Assert.Equal(isTaken, ForeignHash.Read(hash).Error is null);
        if (!isTaken)
        {
            Assert.Contains("too long", Sentence(ForeignHash.Read(hash)), StringComparison.Ordinal);
            Assert.Equal(PasswordVerificationResult.Failed, Verify(hash, "rasmuslerdorf"));
        }
    }

    [Theory]
    [InlineData("pbkdf2_sha256$")]
    [InlineData("pbkdf2_sha256$1200$seasalt2")]
    [InlineData("pbkdf2_sha256$0$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYppw=")]
    [InlineData("pbkdf2_sha256$-1$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYppw=")]
    [InlineData("pbkdf2_sha256$ 1200$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYppw=")]
    [InlineData("pbkdf2_sha256$1200$$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYppw=")]
    [InlineData("pbkdf2_sha256$1200$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYpp")]
    [InlineData("pbkdf2_sha256$1200$seasalt2$")]
    [InlineData("pbkdf2_sha256$1200$seasalt2$aRKC")]
    [InlineData("pbkdf2_sha256$1200$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYppw=$more")]
    [InlineData("$pbkdf2-sha512$350$8PHy8$gXRO")]
    [InlineData("$pbkdf2-sha512$350$8PHy8/T19vf4.fr7/P3./w")]
    [InlineData("$pbkdf2-sha512$350$8PHy8/T19vf4+fr7/P3+/w==$gXROiE6gd0N5zfeoq5YPGETfQopAJkrNcRgJrk0CV/7s64ub4iysfdtzZgX/ypAi6f5YANGvOne9HCuVtVJUIw")]
    [InlineData("$2b$04$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeN")]
    [InlineData("$2b$04$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS\n")]
    [InlineData("$2b$03$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS")]
    [InlineData("$2x$04$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS")]
    [InlineData("$2b$aa$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS")]
    [InlineData("$2")]
    [InlineData("A")]
    [InlineData("AA==")]
    [InlineData("AQ==")]
    [InlineData("AQAAAAEAACcQAAAAEA==")]
    [InlineData("APDx8vP09fb3+Pn6+/z9/v9U5SR7USCljWSOmfm0maw53BWzcQsZQl+ZoAj5I2hu")]
    [InlineData("AQAAAAMAACcQAAAAEPDx8vP09fb3+Pn6+/z9/v+PET3NdOIaYY/nfTbaFtD+nnizMJclxMVpLB/f3oKk9Q==")]
    [InlineData("AQAAAAEAAAAAAAAAEPDx8vP09fb3+Pn6+/z9/v+PET3NdOIaYY/nfTbaFtD+nnizMJclxMVpLB/f3oKk9Q==")]
    [InlineData("AQAAAAEAACcQ/////8Dx8vP09fb3+Pn6+/z9/v+PET3NdOIaYY/nfTbaFtD+nnizMJclxMVpLB/f3oKk9Q==")]
    [InlineData("AQAAAAEAACcQAAAAAPDx8vP09fb3+Pn6+/z9/v+PET3NdOIaYY/nfTbaFtD+nnizMJclxMVpLB/f3oKk9Q==")]
    [InlineData("AgAAAAEAACcQAAAAEPDx8vP09fb3+Pn6+/z9/v+PET3NdOIaYY/nfTbaFtD+nnizMJclxMVpLB/f3oKk9Q==")]
    [InlineData("Alphabet123")]
    public void A_damaged_hash_is_refused_and_matches_no_password(string hash)
    {
        Assert.Contains("damaged", Sentence(ForeignHash.Read(hash)), StringComparison.Ordinal);
        Assert.Equal(PasswordVerificationResult.Failed, Verify(hash, "rasmuslerdorf"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rasmuslerdorf")]
    [InlineData("5f4dcc3b5aa765d61d8327deb882cf99")]
    [InlineData("pbkdf2_sha1$1200$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltQ=")]
    [InlineData("argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHQ$aGFzaGhhc2g")]
    [InlineData("$argon2id$v=19$m=65536,t=4,p=1$c2FsdHNhbHQ$aGFzaGhhc2g")]
    [InlineData("$6$saltsalt$hash")]
    [InlineData("\0")]
    public void A_hash_of_an_unknown_format_is_refused_and_matches_no_password(string hash)
    {
        Assert.Contains("a password hash of", Sentence(ForeignHash.Read(hash)), StringComparison.Ordinal);
        Assert.Equal(PasswordVerificationResult.Failed, Verify(hash, "rasmuslerdorf"));
    }

    [Theory]
    [InlineData(Django)]
    [InlineData(Bcrypt)]
    [InlineData(Passlib)]
    [InlineData(Identity)]
    [InlineData(IdentityOld)]
    public void A_truncated_or_changed_hash_never_matches_and_never_throws(string hash)
    {
        for (var index = 0; index < hash.Length; index++)
        {
            Assert.Equal(PasswordVerificationResult.Failed, Verify(hash[..index], "rasmuslerdorf"));
            Assert.Equal(PasswordVerificationResult.Failed, Verify(hash[..index] + "\u00e9" + hash[(index + 1)..], "rasmuslerdorf"));
        }
    }

    private static string Sentence(Result<ForeignHash> read) => Assert.Single(read.Error!.Fields!["password"]);

    private static PasswordVerificationResult Verify(string hash, string password) => Hasher().VerifyHashedPassword(null!, hash, password);

    private static UserPasswordHasher Hasher() => new(Options.Create(new PasswordHasherOptions { IterationCount = AccountsOptions.MinPasswordIterations }));
}
