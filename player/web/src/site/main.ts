import '../design/fonts.css';
import '../design/tokens.css';
