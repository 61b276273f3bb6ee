"""What a code shows: photos, pages that are kept, media, what can be ordered of them."""
